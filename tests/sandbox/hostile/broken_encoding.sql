-- expect: fails 22021
do $$ begin execute convert_from('\xff00'::bytea, 'UTF8'); end $$;
