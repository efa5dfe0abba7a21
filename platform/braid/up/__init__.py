"""`make up`: everything of Braid on one machine, from one process that starts, watches and stops the others.

`__main__` is the order of the start; `options` what can be set; `instance` the folder of the data and who may
use it; `database` the app's own Postgres; `programs` what runs; `child` one running program; `orphans` what a
killed run left behind; `demo` the first team and project, `demo_work` what its people do there. Nothing here
imports Django: that is paid for once, in each child.
"""
