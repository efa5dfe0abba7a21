alter table animals add age int default 0;
alter table cats no inherit animals;
alter table dogs alter name set not null, add constraint animals_name_check check (name <> ''), add age int default 0;
alter table dogs inherit animals;
