create schema s;
create sequence counter;
create table w (id bigint);
