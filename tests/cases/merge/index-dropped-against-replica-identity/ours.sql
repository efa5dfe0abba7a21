drop index by_email;
