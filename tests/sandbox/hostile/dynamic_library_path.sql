-- expect: fails 42501
set dynamic_library_path = '/tmp';
