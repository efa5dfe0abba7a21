create table events (id int not null, at date not null, kind text default 'x', primary key (id, at)) partition by range (at);
create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');
create table loose (id int not null, at date not null, kind text);
create index events_kind on events (kind);
create table lists (k text) partition by list (lower(k));
create table hashed (k int) partition by hash (k);
