alter table only animals drop name;
