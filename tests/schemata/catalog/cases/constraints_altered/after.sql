alter table b alter constraint fk deferrable initially deferred;
alter table b validate constraint c;
alter table b validate constraint f2;
alter table a rename constraint a_x_key to only_once;
alter table b drop constraint c, add constraint c check (x > 1);
alter table a drop constraint a_pkey cascade;
alter table a add constraint a_pkey primary key (id, y);
