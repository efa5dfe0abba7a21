create policy p on users using (age > 18);
