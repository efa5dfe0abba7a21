alter index one rename to uno;
drop index two;
create index two on t (b, a);
drop index three;
alter index four set (fillfactor = 50);
drop index five;
create unique index five on t (a, c) where b > 0;
