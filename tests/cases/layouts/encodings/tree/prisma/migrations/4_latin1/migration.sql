SELECT 1;
-- fÃ¼r café
