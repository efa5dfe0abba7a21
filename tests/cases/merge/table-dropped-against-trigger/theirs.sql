create trigger t before insert on posts for each row execute function touch();
