comment on table t is 'a\''; create table hidden (a int); --';
