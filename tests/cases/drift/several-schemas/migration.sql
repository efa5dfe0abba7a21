CREATE SCHEMA shop;
CREATE SCHEMA people;
CREATE TYPE people."Kind" AS ENUM ('A');
CREATE TABLE people."User" ("id" int PRIMARY KEY, "kind" people."Kind");
CREATE TABLE shop."Cart" ("id" int PRIMARY KEY, "userId" int NOT NULL);
CREATE TABLE shop."Extra" ("id" int PRIMARY KEY);
CREATE TABLE hidden ("id" int PRIMARY KEY);
