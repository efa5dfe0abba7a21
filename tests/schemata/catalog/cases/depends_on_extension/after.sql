alter index i depends on extension citext;
alter function f() depends on extension citext;
