create trigger t before update on users for each row when (old.age <> new.age) execute function touch();
