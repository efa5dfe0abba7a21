-- expect: passes
set local_preload_libraries = 'evil';
