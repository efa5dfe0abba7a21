-- expect: fails missing
create extension pageinspect;
