-- expect: passes || stopped catalog|deadline || fails 54001|53200
do $$ begin execute 'create view v as select ' || repeat('(1 + ', 3000) || '1' || repeat(')', 3000) || ' as n'; end $$;
