alter table t alter a add generated always as identity;
