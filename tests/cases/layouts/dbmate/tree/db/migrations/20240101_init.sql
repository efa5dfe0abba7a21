-- the first

-- migrate:up
CREATE TABLE a (id int);
CREATE TABLE b (id int);

-- migrate:down
DROP TABLE b;
DROP TABLE a;
