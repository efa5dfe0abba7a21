create table posts (id bigint generated always as identity primary key, author int references users(id) on delete cascade, title text not null default 'none', unique (author, title));
comment on table posts is 'What people wrote';
