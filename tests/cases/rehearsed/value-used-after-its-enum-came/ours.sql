create type e as enum ('a');
-- next migration
alter type e add value 'b';
alter table t add c e default 'b';
