-- Values of enums in their order.
select e.enumtypid, e.oid, e.enumlabel
from pg_catalog.pg_enum e
where e.enumtypid >= 16384
order by e.enumtypid, e.enumsortorder
