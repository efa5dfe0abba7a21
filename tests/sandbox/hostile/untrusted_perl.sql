-- expect: fails 0A000|42501|42704|missing
create extension plperlu;
