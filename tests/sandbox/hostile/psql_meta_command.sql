-- expect: fails 42601
\! touch /tmp/braid-escaped
