create table animals (id int, name text not null check (name <> ''));
create table cats (lives int) inherits (animals);
create table dogs (id int, name text);
