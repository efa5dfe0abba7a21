comment on table users is 'b';
