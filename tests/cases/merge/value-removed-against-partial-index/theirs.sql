create table logs (m mood); create index on logs (m) where m = 'happy';
