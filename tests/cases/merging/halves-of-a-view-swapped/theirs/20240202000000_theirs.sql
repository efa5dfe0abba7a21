create or replace view left_over as select id from sold except select id from items;
