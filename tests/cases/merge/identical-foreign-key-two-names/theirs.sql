alter table posts add constraint b foreign key (id) references users;
