create type size as enum ('s', 'm');
create type size_new as enum ('s', 'm', 'l');
create table shirts (a size default 's', b size_new);
