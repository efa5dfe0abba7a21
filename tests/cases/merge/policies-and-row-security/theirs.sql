create policy p on users using (true);
