create index on posts (title);
