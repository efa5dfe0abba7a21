create schema app;
create table t (a int primary key, b text);
create table app.u (a int primary key);
create publication one for table t;
create publication two for all tables;
