alter table t add constraint b_pkey primary key (b);
