-- expect: stopped deadline
do $$ begin loop null; end loop; end $$;
