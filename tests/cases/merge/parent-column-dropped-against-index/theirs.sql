create index on logs (a);
