-- expect: fails 42501
set session authorization braid;
