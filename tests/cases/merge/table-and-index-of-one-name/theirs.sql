create index thing on users (age);
