create table events_2 (kind text, id int not null, at date not null default current_date);
alter table events_2 add constraint two_key primary key (id, at);
create index two_kind on events_2 (kind);
alter table events attach partition events_2 for values from ('2025-01-01') to ('2026-01-01');
alter table events add primary key (id, at);
create index on events (kind);
create table events_3 partition of events default;
alter table events_3 alter kind set default 'x';
