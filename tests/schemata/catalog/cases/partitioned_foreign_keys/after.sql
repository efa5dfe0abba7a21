alter table uses add foreign key (part) references parts (id);
