create table t (id int primary key, a int, b text);
insert into t values (1, 1, 'x'), (2, 2, 'y'), (3, 3, 'z');
create function f() returns int language plpgsql as $$
begin
  if exists (select from pg_catalog.pg_class c where c.relname = 'made_by_ours'
             and c.xmin::text <> pg_catalog.pg_current_xact_id()::xid::text) then
    raise 'it was made in another transaction';
  end if;
  return 1;
end $$;
