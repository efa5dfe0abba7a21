-- expect: fails 42501
do $$ begin execute format('alter database %I rename to gone', current_database()); end $$;
