alter table users drop email;
alter table users add email text not null default '';
