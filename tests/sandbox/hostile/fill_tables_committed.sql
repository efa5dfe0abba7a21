-- expect: stopped disk|deadline|crash || fails 53100
-- transaction: none
create table big (filler text);
alter table big alter filler set storage external;
do $$ begin
    for i in 1..100000 loop
        insert into big select repeat('x', 1000000);
        commit;
    end loop;
end $$;
