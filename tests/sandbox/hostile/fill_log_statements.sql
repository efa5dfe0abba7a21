-- expect: fails 42501
set log_statement = 'all';
