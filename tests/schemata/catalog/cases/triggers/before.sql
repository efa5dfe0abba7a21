create table t (a int, b text);
create view v as select a from t;
create function f() returns trigger language plpgsql as 'begin return new; end';
create function g() returns trigger language plpgsql as 'begin return null; end';
create trigger one before insert on t for each row execute function f();
create trigger two after update on t for each statement execute function f();
create trigger three after delete on t for each row execute function f();
create trigger four after delete on t for each row execute function f();
