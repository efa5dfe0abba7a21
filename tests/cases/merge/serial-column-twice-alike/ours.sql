alter table users add n serial;
