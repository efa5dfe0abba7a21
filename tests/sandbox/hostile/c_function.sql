-- expect: fails 42501
create function run_it(cstring) returns int language c as '/lib/x86_64-linux-gnu/libc.so.6', 'system';
