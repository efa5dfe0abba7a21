alter table t alter a set storage external, alter b set compression pglz, alter c set statistics 500;
alter table t alter d set (n_distinct = 5), alter e type text collate "POSIX", alter f set default 'it''s', alter g set not null;
