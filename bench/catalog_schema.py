"""A schema of any number of tables that looks like a product's, for the catalog benchmarks.

Per table: 13 columns (identity or serial key, lengths, numeric, enum, jsonb,
arrays, timestamps with defaults), a primary key, two foreign keys, a check, a
unique constraint, three indexes (one partial, one on an expression), a comment;
each tenth table also has a view, a function with a trigger, and a policy.
"""

from collections.abc import Iterator

ENUMS = 20


def statements(tables: int) -> Iterator[str]:
    """The statements, in an order that runs."""
    yield "create schema if not exists shop"
    for number in range(ENUMS):
        yield f"create type shop.state_{number} as enum ('new', 'open', 'paid', 'sent', 'closed')"
    for number in range(tables):
        yield _table(number)
        yield from _parts(number)
        if number % 10 == 0:
            yield from _code(number)


def _table(number: int) -> str:
    key = "int generated always as identity" if number % 2 else "serial"
    parent = number - number % 10
    return f"""create table shop.table_{number} (
        id {key} primary key,
        parent_id int references shop.table_{parent} (id) on delete cascade,
        name varchar(255) not null,
        slug text not null default '',
        state shop.state_{number % ENUMS} not null default 'new',
        price numeric(10, 2) not null default 0,
        amount int not null default 1 check (amount > 0),
        data jsonb not null default '{{}}',
        tags text[] not null default array[]::text[],
        active boolean not null default true,
        note text,
        created_at timestamptz not null default now(),
        updated_at timestamp(3) not null default current_timestamp,
        constraint table_{number}_slug_key unique (slug)
    )"""


def _parts(number: int) -> Iterator[str]:
    name = f"shop.table_{number}"
    yield f"create index on {name} (parent_id)"
    yield f"create index on {name} (lower(name), created_at desc)"
    yield f"create index on {name} (state) where active"
    yield f"comment on table {name} is 'What the shop keeps of kind {number}'"
    yield f"comment on column {name}.price is 'Before tax'"


def _code(number: int) -> Iterator[str]:
    name = f"shop.table_{number}"
    yield f"create view shop.view_{number} as select id, name, price * amount as total from {name} where active"
    yield (
        f"create function shop.touch_{number}() returns trigger language plpgsql as "
        "$$ begin new.updated_at := now(); return new; end $$"
    )
    yield f"create trigger touch before update on {name} for each row execute function shop.touch_{number}()"
    yield f"create policy visible on {name} for select using (active)"
