-- expect: fails 53200|54000
do $$
declare pile text[] := '{}';
begin
    loop
        pile := pile || repeat(md5(random()::text), 30000);
    end loop;
end $$;
