create view more as select title from posts;
