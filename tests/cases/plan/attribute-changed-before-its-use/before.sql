create type pair as (x integer, y text);
