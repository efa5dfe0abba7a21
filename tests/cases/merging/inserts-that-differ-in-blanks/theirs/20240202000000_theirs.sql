create table notes (note text);
insert into notes values ('a  b');
