alter table a add constraint a_id primary key using index a_id;
