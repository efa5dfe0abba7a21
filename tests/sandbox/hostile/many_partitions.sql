-- expect: fails 53200 || stopped disk|deadline || fails 53100
create table parted (id int) partition by list (id);
do $$ begin
    for i in 1..1000000 loop
        execute format('create table p%s partition of parted for values in (%s)', i, i);
    end loop;
end $$;
