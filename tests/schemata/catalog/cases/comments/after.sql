comment on table t is 'new, with ''quotes'' and
lines';
comment on column t.a is null;
comment on column t.b is '🐘';
comment on schema public is 'ours';
