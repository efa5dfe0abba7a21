create table t (a varchar(20) default 'x');
