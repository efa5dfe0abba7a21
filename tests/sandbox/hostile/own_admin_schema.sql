-- expect: passes
create schema braid;
create schema braid_sandbox;
create schema empty;
