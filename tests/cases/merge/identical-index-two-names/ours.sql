create index i1 on users(email);
