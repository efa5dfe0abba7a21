-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "R" AS ENUM ('aa', 'B');

-- CreateTable
CREATE TABLE "B" (
    "id" INTEGER NOT NULL,
    "e" TEXT,
    "ff" INTEGER NOT NULL,
    "g" BOOLEAN NOT NULL,
    "d" TIMESTAMP(3),

    CONSTRAINT "B_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "C" (
    "id" INTEGER NOT NULL,
    "a" TEXT,
    "b" INTEGER NOT NULL,

    CONSTRAINT "C_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "b" ON "B"("e") WHERE ("e" IS NOT NULL);

-- CreateIndex
CREATE INDEX "c" ON "B"("e") WHERE ("e" = 'x''y');

-- CreateIndex
CREATE INDEX "d" ON "B"("e") WHERE ("ff" != 3);

-- CreateIndex
CREATE INDEX "e" ON "B"("e") WHERE ("g" = true AND "ff" = -2);

-- CreateIndex
CREATE INDEX "f" ON "B"("e") WHERE ("e" != 'z');

-- CreateIndex
CREATE INDEX "g" ON "B"("e") WHERE ("d" IS NULL AND "g" != false);

-- CreateIndex
CREATE UNIQUE INDEX "B_e_key" ON "B"("e") WHERE ("ff" = 1 AND "e" IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "C_a_key" ON "C"("a") WHERE (id > 3);

-- CreateIndex
CREATE INDEX "an_old_name" ON "C"("b");

-- CreateIndex
CREATE UNIQUE INDEX "C_a_b_key" ON "C"("a", "b");
