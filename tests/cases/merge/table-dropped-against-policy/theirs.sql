create policy p on posts using (id > 1);
