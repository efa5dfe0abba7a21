alter table u rename id to c;
