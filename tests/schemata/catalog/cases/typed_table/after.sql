create table typed of row_type (a primary key);
