-- expect: fails 42501
create text search template trap (lexize = dsimple_lexize);
