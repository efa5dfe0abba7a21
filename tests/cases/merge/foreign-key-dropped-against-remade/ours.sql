alter table posts drop constraint posts_user_id_fkey;
