create table events (id int not null, at date not null, kind text) partition by range (at);
create table events_1 partition of events for values from ('2024-01-01') to ('2025-01-01');
