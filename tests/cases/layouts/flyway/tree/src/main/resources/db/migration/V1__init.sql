CREATE TABLE guest (id int);
CREATE TABLE room (id int);
