alter table users alter age drop default;
