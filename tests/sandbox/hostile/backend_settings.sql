-- expect: fails 42501
select set_config('log_statement', 'all', false);
