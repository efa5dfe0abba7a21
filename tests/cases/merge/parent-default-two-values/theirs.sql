alter table logs alter a set default 2;
