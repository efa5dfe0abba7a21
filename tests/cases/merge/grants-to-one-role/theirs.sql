grant insert on users to public;
