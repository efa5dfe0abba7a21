-- expect: stopped deadline || fails 54001
create table t (id int);
create function again() returns trigger language plpgsql as $$ begin insert into t values (new.id + 1); return new; end $$;
create trigger again after insert on t for each row execute function again();
insert into t values (1);
