alter table users alter email type varchar(255), alter name type text, alter name set default 'x', alter name set not null;
