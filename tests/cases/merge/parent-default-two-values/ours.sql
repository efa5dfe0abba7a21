alter table logs alter a set default 1;
