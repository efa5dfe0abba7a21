-- expect: stopped disk|deadline || fails 53100 || passes
-- transaction: none
create table hot (filler text);
insert into hot select repeat(md5(i::text), 40) from generate_series(1, 2000) as i;
do $$ begin for i in 1..100000 loop update hot set filler = reverse(filler); commit; end loop; end $$;
