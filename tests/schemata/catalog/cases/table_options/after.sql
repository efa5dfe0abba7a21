alter table t set (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false);
alter table u set unlogged;
alter table v set logged;
alter table w replica identity using index w_a;
alter table t replica identity full;
alter table u enable row level security;
alter table w force row level security;
