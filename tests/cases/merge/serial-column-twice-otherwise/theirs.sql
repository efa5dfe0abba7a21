alter table users add n bigserial;
