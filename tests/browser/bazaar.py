"""An 80-table Prisma project of our own, and what three developers do to it in the same week.

Ida and Jon both change one column and one enum, each in another way; Kim's branch touches
nothing of theirs.
"""

from schemata.prisma import parse
from schemata.prisma.ddl import script
from schemata.prisma.resolve import resolve

AREAS = (
    "Billing",
    "Catalog",
    "Stock",
    "Shipping",
    "Support",
    "People",
    "Content",
    "Search",
    "Audit",
    "Access",
)
THINGS = ("Account", "Entry", "Batch", "Note", "Rule", "Event", "Label", "Report")
ROOT = "packages/db/prisma"
INVOICE = """\
/// What a customer owes.
model Invoice {
  id        Int         @id @default(autoincrement())
  number    String      @unique
  // In cents.
  total     Int
  state     InvoiceState @default(DRAFT)
  accountId Int
  account   BillingAccount @relation(fields: [accountId], references: [id])

  @@map("billing_invoices")
}
"""
STATES = """\
enum InvoiceState {
  DRAFT
  SENT
  PAID
}
"""
GIFT_CARD = """\
model GiftCard {
  id   Int    @id @default(autoincrement())
  code String @unique

  @@map("gift_cards")
}
"""
HEAD = """\
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

generator client {
  provider = "prisma-client-js"
}
"""
IDA = "20260301090000_total_as_bigint"
JON = "20260301100000_total_as_numeric"
KIM = "20260301110000_gift_cards"


def schema() -> str:
    """79 tables by the pattern, and the invoice."""
    models = [_model(area, thing) for area in AREAS for thing in THINGS if _is_there(area, thing)]
    return "\n".join([HEAD, STATES, INVOICE, *models])


def base_files() -> dict[str, str]:
    """The first commit of the default branch: the schema and one migration that makes it."""
    return {
        f"{ROOT}/schema.prisma": schema(),
        f"{ROOT}/migrations/migration_lock.toml": 'provider = "postgresql"\n',
        f"{ROOT}/migrations/20260101000000_init/migration.sql": script(
            resolve({"schema.prisma": parse(schema())})
        ),
    }


def ida(text: str) -> dict[str, str]:
    """Totals outgrow an int, and a paid invoice is called settled."""
    text = text.replace("  total     Int\n", "  total     BigInt\n").replace("  PAID\n", "  SETTLED\n")
    return _branch(
        text,
        IDA,
        'ALTER TABLE "billing_invoices" ALTER COLUMN "total" SET DATA TYPE BIGINT;\n'
        "ALTER TYPE \"InvoiceState\" RENAME VALUE 'PAID' TO 'SETTLED';\n",
    )


def jon(text: str) -> dict[str, str]:
    """Totals with fractions of a cent, and a paid invoice is called cleared."""
    text = text.replace("  total     Int\n", "  total     Decimal @db.Decimal(14, 4)\n")
    text = text.replace("  PAID\n", "  CLEARED\n")
    return _branch(
        text,
        JON,
        'ALTER TABLE "billing_invoices" ALTER COLUMN "total" SET DATA TYPE DECIMAL(14,4);\n'
        "ALTER TYPE \"InvoiceState\" RENAME VALUE 'PAID' TO 'CLEARED';\n",
    )


def kim(text: str) -> dict[str, str]:
    """Gift cards, in a table of their own."""
    return _branch(
        f"{text}\n{GIFT_CARD}",
        KIM,
        'CREATE TABLE "gift_cards" (\n    "id" SERIAL NOT NULL,\n    "code" TEXT NOT NULL,\n\n'
        '    CONSTRAINT "gift_cards_pkey" PRIMARY KEY ("id")\n);\n'
        'CREATE UNIQUE INDEX "gift_cards_code_key" ON "gift_cards"("code");\n',
    )


def _branch(text: str, name: str, sql: str) -> dict[str, str]:
    return {f"{ROOT}/schema.prisma": text, f"{ROOT}/migrations/{name}/migration.sql": sql}


def _model(area: str, thing: str) -> str:
    table = f"{area}_{thing}s".lower()
    own = f"{area}{thing}"
    parent = f"{area}Account"
    fields = ["id Int @id @default(autoincrement())", "name String", "createdAt DateTime @default(now())"]
    if own == parent:
        fields += [f"{each.lower()}s {area}{each}[]" for each in THINGS[1:] if _is_there(area, each)]
        fields += ["invoices Invoice[]"] if area == "Billing" else []
    else:
        fields += ["accountId Int", f"account {parent} @relation(fields: [accountId], references: [id])"]
    lines = "\n".join(f"  {field}" for field in fields)
    return f'model {own} {{\n{lines}\n\n  @@map("{table}")\n}}\n'


def _is_there(area: str, thing: str) -> bool:
    """The last of the pattern gave its place to the invoice."""
    return (area, thing) != (AREAS[-1], THINGS[-1])
