-- expect: fails 42501
do $$ begin execute format('alter database %I set statement_timeout = 0', current_database()); end $$;
