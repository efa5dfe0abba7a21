create index tags_name on tags (name);
