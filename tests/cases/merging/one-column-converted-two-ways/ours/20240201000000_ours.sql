alter table items alter name type text using lower(name);
