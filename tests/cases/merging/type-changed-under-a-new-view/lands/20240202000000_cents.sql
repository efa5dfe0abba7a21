-- From euros to cents.
-- Rewritten, because cannot alter type of a column used by a view or rule.
DROP VIEW public.totals;
alter table orders alter column total type bigint using total * 100;
CREATE VIEW public.totals AS
 SELECT orders.customer_id,
    sum(orders.total) AS total
   FROM public.orders
  GROUP BY orders.customer_id;
COMMENT ON VIEW public.totals IS 'per customer';
