-- expect: fails 22023|42601|0A000|missing
create extension "../../../../tmp/evil";
