create type "text" as enum ('x', 'y'); create type "integer" as enum ('1'); create table t (a public."text", b public."integer");
