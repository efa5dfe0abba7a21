-- expect: fails 42501
alter system set log_statement = 'all';
