-- Parents of tables (inheritance, partitions) and of indexes on partitions.
select i.inhrelid, i.inhparent, i.inhdetachpending
from pg_catalog.pg_inherits i
order by i.inhrelid, i.inhseqno
