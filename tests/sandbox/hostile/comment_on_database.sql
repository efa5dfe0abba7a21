-- expect: fails 42501
do $$ begin execute format('comment on database %I is %L', current_database(), 'mine'); end $$;
