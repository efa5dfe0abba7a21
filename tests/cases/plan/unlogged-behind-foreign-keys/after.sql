alter table d drop constraint d_id_fkey;
alter table c set unlogged;
alter table a set unlogged;
alter table b set unlogged;
