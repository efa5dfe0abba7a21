-- expect: stopped catalog|deadline || fails 53200
create table t (a text);
create function f() returns trigger language plpgsql as 'begin return new; end';
do $$ begin execute format('create trigger g before insert on t for each row execute function f(%L)', repeat('x', 80000000)); end $$;
