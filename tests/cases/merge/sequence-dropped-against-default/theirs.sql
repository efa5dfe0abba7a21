alter table users alter id set default nextval('s');
