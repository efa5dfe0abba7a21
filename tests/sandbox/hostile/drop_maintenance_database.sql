-- expect: fails 42501
drop database postgres;
