do $$ begin execute format('alter database %I set work_mem = ''8MB''', current_database()); end $$;
do $$ begin execute format('alter role app_reader in database %I set search_path = a, b', current_database()); end $$;
