-- expect: fails 42501
reassign owned by current_user to braid;
