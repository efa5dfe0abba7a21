CREATE FUNCTION new_token() RETURNS text LANGUAGE sql AS $$ select 'x' $$;
CREATE SEQUENCE numbers;
CREATE TYPE "Role" AS ENUM ('ADMIN', 'guest');
CREATE TABLE "User" (
  "id" serial PRIMARY KEY,
  "e_mail" text NOT NULL,
  "role" "Role" NOT NULL DEFAULT 'guest',
  "token" text NOT NULL DEFAULT new_token(),
  "number" int NOT NULL DEFAULT nextval('numbers'),
  "place" point,
  "at" timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "code" text NOT NULL DEFAULT md5('x'),
  "tags" text[] DEFAULT ARRAY['a', 'b']
);
CREATE UNIQUE INDEX "User_e_mail_key" ON "User"("e_mail");
CREATE INDEX "a_name_of_more_than_sixty_three_bytes_that_postgres_cuts_on_its_own_accord" ON "User"("role", "at" DESC);
CREATE INDEX "partial" ON "User"("e_mail") WHERE "number" = 1;
CREATE TABLE "Post" ("id" text PRIMARY KEY, "userId" int NOT NULL,
  CONSTRAINT "Post_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE "Group" ("id" int PRIMARY KEY);
CREATE TABLE "_GroupToUser" ("A" int NOT NULL, "B" int NOT NULL,
  CONSTRAINT "_GroupToUser_AB_pkey" PRIMARY KEY ("A", "B"),
  CONSTRAINT "_GroupToUser_A_fkey" FOREIGN KEY ("A") REFERENCES "Group"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "_GroupToUser_B_fkey" FOREIGN KEY ("B") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE);
CREATE INDEX "_GroupToUser_B_index" ON "_GroupToUser"("B");
