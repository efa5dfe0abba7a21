-- Left out: table public.tags is there already.
create table tagged (tag_id int references tags);
