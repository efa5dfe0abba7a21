insert into users (email) values ('a');
create temporary table temp (a int);
analyze users;
create index concurrently_not on users (name);
drop index concurrently_not;
