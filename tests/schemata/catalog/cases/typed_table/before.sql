create type row_type as (a int, b text);
