-- Rewritten, because relation "tags" already exists.
ALTER TABLE public.tags ADD COLUMN name text;
