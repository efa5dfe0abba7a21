-- expect: fails 42501
create function raw(text) returns text language internal as 'pg_read_file_all';
