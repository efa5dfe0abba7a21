create or replace view left_over as select id from items except select id from sold;
