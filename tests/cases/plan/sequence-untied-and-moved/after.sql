alter sequence counter owned by w.id;
alter table w set schema s;
