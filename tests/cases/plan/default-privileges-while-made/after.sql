create table made (id serial);
revoke all on made from app_reader;
revoke all on made_id_seq from app_writer;
create view seen as select id from made;
