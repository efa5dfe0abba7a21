create view seen as select id from kept;
alter view seen owner to app_writer;
create table made (id serial);
alter table made owner to app_writer;
alter table kept owner to app_writer;
