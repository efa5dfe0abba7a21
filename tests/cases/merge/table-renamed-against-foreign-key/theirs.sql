create table likes (user_id int references users);
