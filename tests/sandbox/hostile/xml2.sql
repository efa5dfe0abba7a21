-- expect: fails missing
create extension xml2;
