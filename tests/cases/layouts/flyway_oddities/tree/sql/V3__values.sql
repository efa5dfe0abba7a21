SELECT 1;
SELECT '${owner}';
