-- expect: fails 42501
set log_min_messages = 'debug5';
