create view ages as select age from users;
