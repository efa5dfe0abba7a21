create index tags_id on tags (id);
