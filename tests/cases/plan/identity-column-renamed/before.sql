create table u (id integer generated always as identity (increment 3) primary key, a integer);
