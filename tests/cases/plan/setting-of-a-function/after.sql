alter function stamp() set work_mem = '8MB';
alter function stamp() set search_path = public, pg_temp;
alter function stamp() set "app.who" = 'a, ''b''';
