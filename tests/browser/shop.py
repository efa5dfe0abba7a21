"""A small shop for the pages to show: what each branch adds, one that breaks, and a clone that pushes them."""

import subprocess
from pathlib import Path
from urllib.parse import quote

from tests.workspace import GIT

FOLDER = "prisma/migrations"
CUSTOMERS = """-- People who buy.
create type mood as enum ('happy', 'sad');
create table customers (
  id bigint generated always as identity primary key,
  name text not null,
  mood mood
);
comment on table customers is 'People who buy.';
"""
ORDERS = """create table orders (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers (id),
  total integer not null check (total >= 0),
  placed_at timestamptz not null default now()
);
create index orders_placed on orders (placed_at desc);
create view open_orders as select id, customer_id from orders;
create function touch() returns trigger language plpgsql as $$ begin new.placed_at := now(); return new; end $$;
create trigger touch before update on orders for each row execute function touch();
"""
INVOICES = """alter table orders alter column total type bigint;
alter table customers rename column name to full_name;
create table invoices (
  id bigint generated always as identity primary key,
  order_id bigint not null references orders (id)
);
drop index orders_placed;
"""
BROKEN = """alter table orders add column note text;
alter table orders drop column customer_id;
"""
MAIN = {
    "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
    f"{FOLDER}/20260101000000_customers/migration.sql": CUSTOMERS,
    f"{FOLDER}/20260102000000_orders/migration.sql": ORDERS,
    "prisma/schema.prisma": 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n',
}
ADD_INVOICES = {f"{FOLDER}/20260301000000_invoices/migration.sql": INVOICES}
DROP_CUSTOMERS = {f"{FOLDER}/20260302000000_drop_customer/migration.sql": BROKEN}


def slow(seconds: float) -> dict[str, str]:
    """A migration that takes its time, so that a person sees it run."""
    text = f"create table waits (id int);\nselect pg_sleep({seconds});\ncreate table waited (id int);\n"
    return {f"{FOLDER}/20260401000000_wait/migration.sql": text}


class Shop:
    """A developer's clone, pushed by plain git with a token as the password."""

    def __init__(self, folder: Path, url: str, email: str, token: str) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch", "main")
        credentials = f"{quote(email, safe='')}:{token}"
        self.git("remote", "add", "braid", url.replace("://", f"://{credentials}@"))

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=self.folder, env=GIT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def push(self, branch: str, files: dict[str, str], message: str = "") -> str:
        """Commit the files on a branch of main, push it, and return what git and Braid said."""
        if branch != "main":
            self.git("switch", "--quiet", "--create", branch, "main")
        for path, text in files.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message or f"Work on {branch}")
        return self.git("push", "braid", branch)
