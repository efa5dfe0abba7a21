create table made (id integer generated always as identity);
revoke all on made_id_seq from app_writer;
