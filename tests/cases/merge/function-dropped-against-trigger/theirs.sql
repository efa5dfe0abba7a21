create trigger t before insert on users for each row execute function touch();
