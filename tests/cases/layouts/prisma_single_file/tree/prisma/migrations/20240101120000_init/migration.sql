-- CreateTable
CREATE TABLE "Guest" (
    "id" INTEGER NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "Guest_id_key" ON "Guest"("id");
