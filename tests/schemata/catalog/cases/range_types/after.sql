create type floats as range (subtype = float8, subtype_diff = float8mi);
create type texts as range (subtype = text, collation = "C", multirange_type_name = many_texts);
drop type old;
