-- expect: fails 42501
create language escape handler plpgsql_call_handler;
