-- expect: passes
do $$ begin execute format('revoke connect on database %I from braid_reader', current_database()); end $$;
