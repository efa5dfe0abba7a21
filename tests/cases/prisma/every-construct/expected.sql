-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "a";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "b";

-- CreateEnum
CREATE TYPE "b"."Zed" AS ENUM ('X');

-- CreateEnum
CREATE TYPE "a"."abc_t" AS ENUM ('x-y', 'Y');

-- CreateTable
CREATE TABLE "a"."Zoo" (
    "id" SERIAL NOT NULL,
    "e" "a"."abc_t" NOT NULL DEFAULT 'x-y',
    "es" "a"."abc_t"[] DEFAULT ARRAY['x-y', 'Y']::"a"."abc_t"[],
    "d" TIMESTAMP(3) NOT NULL DEFAULT '2020-01-01 00:00:00 +00:00',
    "dd" DATE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "f" DOUBLE PRECISION NOT NULL DEFAULT 1.50,
    "g" DOUBLE PRECISION NOT NULL DEFAULT 1,
    "h" DECIMAL(10,2) NOT NULL DEFAULT 10.00,
    "i" BIGSERIAL NOT NULL,
    "j" JSONB NOT NULL DEFAULT '{"a": "it''s"}',
    "k" BYTEA NOT NULL DEFAULT '\x68656c6c6f',
    "l" BOOLEAN NOT NULL DEFAULT true,
    "m" TEXT NOT NULL DEFAULT 'a
b\c''d',
    "n" INTEGER[] DEFAULT ARRAY[1, 2]::INTEGER[],
    "o" UUID NOT NULL DEFAULT gen_random_uuid(),
    "p" TEXT NOT NULL,
    "q" TEXT NOT NULL,
    "r" INTEGER NOT NULL DEFAULT -5,
    "s" TEXT,
    "t" TIMESTAMP(3) NOT NULL,
    "u" BOOLEAN[] DEFAULT ARRAY[]::BOOLEAN[],
    "v" JSONB[],

    CONSTRAINT "Zoo_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "b"."posts" (
    "a" INTEGER NOT NULL,
    "b" INTEGER NOT NULL,
    "zooId" INTEGER,
    "zooE" "a"."abc_t",
    "ownerId" INTEGER,
    "id2" INTEGER NOT NULL,
    "id" INTEGER NOT NULL,

    CONSTRAINT "pk_p" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "b"."Owner" (
    "x" INTEGER NOT NULL,
    "y" INTEGER NOT NULL,

    CONSTRAINT "Owner_pkey" PRIMARY KEY ("x","y")
);

-- CreateTable
CREATE TABLE "a"."_f" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_f_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "b"."_PostToZoo" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_PostToZoo_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateIndex
CREATE UNIQUE INDEX "s_u" ON "a"."Zoo"("s" DESC);

-- CreateIndex
CREATE INDEX "hm" ON "a"."Zoo"("h" DESC, "m");

-- CreateIndex
CREATE INDEX "Zoo_j_idx" ON "a"."Zoo" USING GIN ("j" jsonb_path_ops);

-- CreateIndex
CREATE INDEX "Zoo_id_idx" ON "a"."Zoo" USING HASH ("id");

-- CreateIndex
CREATE INDEX "Zoo_m_idx" ON "a"."Zoo"("m" text_pattern_ops DESC);

-- CreateIndex
CREATE UNIQUE INDEX "eff" ON "a"."Zoo"("e", "f");

-- CreateIndex
CREATE UNIQUE INDEX "a_b" ON "b"."posts"("a", "b");

-- CreateIndex
CREATE UNIQUE INDEX "posts_ownerId_key" ON "b"."posts"("ownerId");

-- CreateIndex
CREATE INDEX "_f_B_index" ON "a"."_f"("B");

-- CreateIndex
CREATE INDEX "_PostToZoo_B_index" ON "b"."_PostToZoo"("B");

-- AddForeignKey
ALTER TABLE "b"."posts" ADD CONSTRAINT "fk_o" FOREIGN KEY ("ownerId", "id2") REFERENCES "b"."Owner"("x", "y") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "a"."_f" ADD CONSTRAINT "_f_A_fkey" FOREIGN KEY ("A") REFERENCES "a"."Zoo"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "a"."_f" ADD CONSTRAINT "_f_B_fkey" FOREIGN KEY ("B") REFERENCES "a"."Zoo"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "b"."_PostToZoo" ADD CONSTRAINT "_PostToZoo_A_fkey" FOREIGN KEY ("A") REFERENCES "b"."posts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "b"."_PostToZoo" ADD CONSTRAINT "_PostToZoo_B_fkey" FOREIGN KEY ("B") REFERENCES "a"."Zoo"("id") ON DELETE CASCADE ON UPDATE CASCADE;
