create type old as range (subtype = int4);
