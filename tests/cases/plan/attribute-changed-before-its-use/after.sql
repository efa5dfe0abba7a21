alter type pair alter attribute x type bigint, add attribute z text;
create table a (b pair);
create table u (b pair[]);
