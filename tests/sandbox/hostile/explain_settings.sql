-- expect: fails 42501
set session_preload_libraries = '/tmp/evil.so';
