-- expect: fails 42501
do $$ begin execute format('alter database %I is_template true', current_database()); end $$;
