create table t (a int, b text, c jsonb, d text[], e inet, f varchar(10), g cidr, h int4range, i tsvector);
create type mood as enum ('a','b');
create domain dom as text;
alter table t add m mood, add n dom;
