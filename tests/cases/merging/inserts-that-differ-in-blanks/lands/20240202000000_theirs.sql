-- Left out: table public.notes is there already.
insert into notes values ('a  b');
