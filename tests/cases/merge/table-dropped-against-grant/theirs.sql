grant select on posts to public;
