create function lower(numeric) returns text language plpgsql as $$ begin insert into c values (99); return 'x'; end $$;
alter table t alter b type text using lower(id::numeric);
drop function lower(numeric);
