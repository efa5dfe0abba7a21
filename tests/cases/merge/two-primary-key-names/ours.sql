alter table t add constraint a_pkey primary key (a);
