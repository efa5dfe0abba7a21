create function stamp() returns integer language sql as 'select 1';
