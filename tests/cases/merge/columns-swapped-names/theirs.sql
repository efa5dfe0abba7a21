alter table posts alter title set default 'x';
