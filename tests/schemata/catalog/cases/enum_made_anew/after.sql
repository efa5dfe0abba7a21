create type role_new as enum ('user', 'admin', 'owner');
alter table t alter r drop default;
alter table t alter r type role_new using r::text::role_new;
alter type role rename to role_old;
alter type role_new rename to role;
drop type role_old;
alter table t alter r set default 'user';
