create table logs (m mood); create function f() returns bigint language plpgsql as $$begin return (select count(*) from logs where m = 'happy'); end$$;
