CREATE TABLE events (id UInt64, name LowCardinality(String)) ENGINE = MergeTree ORDER BY id;
