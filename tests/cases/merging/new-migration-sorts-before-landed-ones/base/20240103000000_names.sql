alter table tags add column name text;
