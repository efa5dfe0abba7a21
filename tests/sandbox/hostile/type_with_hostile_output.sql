-- expect: passes
create domain d as text check (value <> pg_catalog.set_config('role', 'x', true) or true);
create table t (a d default 'x', b text default current_setting('x.y', true));
