-- expect: passes
alter role current_user set search_path = 'nowhere';
alter role current_user set default_transaction_read_only = on;
alter role current_user set role = 'nobody';
