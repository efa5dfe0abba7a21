alter table items alter name type text using upper(name);
