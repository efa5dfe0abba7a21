-- expect: fails 42501
set role braid;
