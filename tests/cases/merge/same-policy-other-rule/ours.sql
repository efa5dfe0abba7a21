create policy p on users using (id > 1);
