-- expect: fails 42501
create subscription s connection 'host=/tmp dbname=postgres' publication p with (connect = false);
