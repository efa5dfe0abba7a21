create view short as select email from names;
