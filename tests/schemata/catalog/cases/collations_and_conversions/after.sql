create collation plain (provider = libc, locale = 'C');
create conversion conv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
alter table t alter a type text collate plain;
create index on t (a collate "C");
