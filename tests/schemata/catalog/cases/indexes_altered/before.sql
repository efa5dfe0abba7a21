create table t (a int, b int, c int);
create index one on t (a);
create index two on t (a, b);
create index three on t (b);
create index four on t (c);
create index five on t (a, c);
