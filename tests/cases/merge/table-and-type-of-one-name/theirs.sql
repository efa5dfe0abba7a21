create type thing as enum ('a');
