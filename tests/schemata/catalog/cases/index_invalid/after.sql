create index on only p (a);
