-- expect: passes || stopped output|deadline
do $$ begin for i in 1..3000 loop raise warning '%', repeat('x', 1000000); end loop; end $$;
