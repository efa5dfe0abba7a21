create index on users (age);
