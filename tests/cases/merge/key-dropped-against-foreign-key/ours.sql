alter table tags drop constraint tags_pkey;
