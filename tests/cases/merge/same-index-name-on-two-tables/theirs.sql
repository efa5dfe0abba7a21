create index by_it on posts (title);
