create table t (a int, owner text);
create policy one on t using (owner = current_user);
create policy two on t for insert with check (a > 0);
