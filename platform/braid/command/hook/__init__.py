"""`braid hook`: git's pre-push hook, which says before a push what would collide.

`installing` puts a few lines of `sh` (`pre-push.sh`) where git looks for them; they call
`braid hook run`, which is `pushing`.
"""
