create index by_age on users(age);
