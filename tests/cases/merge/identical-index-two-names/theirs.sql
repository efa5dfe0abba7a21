create index i2 on users(email);
