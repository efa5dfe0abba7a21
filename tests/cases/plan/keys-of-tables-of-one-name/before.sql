create schema s;
create table u (id integer primary key);
create table s.u (id integer references public.u);
