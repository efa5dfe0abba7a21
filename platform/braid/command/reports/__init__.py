"""Reports of `braid check` and `braid merge` for machines: SARIF, JUnit, Markdown, annotations.

A command makes one `Account` of what it found; each module here is one way to write it.
"""
