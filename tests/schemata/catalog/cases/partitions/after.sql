create table events_2025 partition of events for values from ('2025-01-01') to ('2026-01-01');
alter table events attach partition loose for values from ('2026-01-01') to ('2027-01-01');
alter table events detach partition events_2024;
alter table events add note text not null default '';
create table events_rest partition of events default;
create table lists_a partition of lists for values in ('a', 'it''s', null);
create table hashed_0 partition of hashed for values with (modulus 2, remainder 0);
