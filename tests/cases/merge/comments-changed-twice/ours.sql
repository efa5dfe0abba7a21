comment on table users is 'a';
