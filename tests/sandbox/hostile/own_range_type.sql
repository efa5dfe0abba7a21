-- expect: passes || fails 42501|42P13|42809|42704|42883|42P17
create type trap;
create function spring(trap) returns trap language plpgsql immutable as $$ begin execute 'alter role braid_reader superuser'; return $1; end $$;
create type trap as range (subtype = int, canonical = spring);
