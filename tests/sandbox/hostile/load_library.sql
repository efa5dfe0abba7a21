-- expect: fails 42501|58P01
load '/lib/x86_64-linux-gnu/libc.so.6';
