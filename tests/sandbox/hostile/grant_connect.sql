-- expect: passes
-- Gives nothing: only an owner can, so Postgres warns and changes nothing.
do $$ begin execute format('grant connect on database %I to public', current_database()); end $$;
