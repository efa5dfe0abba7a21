-- expect: fails 42501
grant pg_read_server_files to current_user;
