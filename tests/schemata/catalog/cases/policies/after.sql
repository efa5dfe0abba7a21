alter table t enable row level security;
alter table t force row level security;
alter policy one on t to app_reader, app_writer using (owner = session_user);
alter policy two on t rename to deux;
create policy three on t as restrictive for update to app_writer using (a > 1) with check (a > 2);
comment on policy three on t is 'narrow';
