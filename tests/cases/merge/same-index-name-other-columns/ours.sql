create index by_it on users (age);
