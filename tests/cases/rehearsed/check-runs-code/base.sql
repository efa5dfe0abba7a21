create table t (id int primary key, a int, b text);
insert into t values (1, 1, 'x'), (2, 2, 'y'), (3, 3, 'z');
create table k (id int primary key);
create table c (id int references k deferrable initially deferred);
create function f(int) returns int language plpgsql as $$ begin insert into c values (99); return 1; end $$;
alter table t add constraint good check (f(a) = 1) not valid;
