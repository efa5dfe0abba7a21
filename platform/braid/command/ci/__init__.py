"""`braid ci`: what a job of continuous integration runs, on any forge.

`events` says what is compared with what, read from the variables that a forge sets (`github`,
`gitlab`); `checkout` gets the commits that a shallow clone lacks; `job` checks, merges and
tells it in the forge's own ways.
"""
