-- expect: fails 42501
set allow_system_table_mods = on;
