-- expect: fails 42501
grant braid to postgres;
