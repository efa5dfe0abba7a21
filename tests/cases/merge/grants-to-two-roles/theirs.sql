comment on table users is 'people';
