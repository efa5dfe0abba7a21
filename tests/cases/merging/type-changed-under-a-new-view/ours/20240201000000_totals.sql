create view totals as select customer_id, sum(total) as total from orders group by customer_id;
comment on view totals is 'per customer';
