alter table posts drop constraint posts_user_id_fkey, add constraint posts_user_id_fkey foreign key (user_id) references users on delete cascade;
