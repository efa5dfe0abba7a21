"""A text for each builtin type (manual, chapter 8) and those of the extensions in wide use."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import md5

from schemata.rows.spots import Spot

# bit(n) takes up to 83 million; a longer one than this is refused by Postgres, and so reported.
_MOST_BITS = 10_000
_ODD = re.compile(r"[^a-z0-9]")
_BIRTH = datetime(2001, 1, 1, tzinfo=UTC)
Maker = Callable[[Spot, tuple[int, ...]], str]
INTEGERS = frozenset({"smallint", "integer", "bigint"})
NUMBERS = INTEGERS | {"numeric", "real", "double precision", "money"}
TEXTS = frozenset({"text", "character varying", "character", "citext", "name", "bpchar"})
BITS = frozenset({"bit", "bit varying"})
MOMENTS = frozenset(
    {
        "date",
        "timestamp without time zone",
        "timestamp with time zone",
        "time without time zone",
        "time with time zone",
    }
)


def moment(spot: Spot) -> datetime:
    return _BIRTH + timedelta(days=spot.key % 3000 + spot.rank * 400 + spot.row, hours=spot.row % 24)


def text(spot: Spot, shortest: int, longest: int | None) -> str:
    """Lower case, its end tells the row; `longest` below 4 leaves room for little else."""
    tail = f"{spot.key % 100:02}-{spot.row + 1}"
    stem = _ODD.sub("_", spot.label.lower())
    whole = f"{stem[:24]}-{tail}"
    if longest is not None and len(whole) > longest:
        whole = str(spot.row + 1) if longest < len(tail) else (stem + tail)[-longest:]
        whole = whole[-longest:] if longest else ""
    return whole + "x" * (shortest - len(whole))


def digits(spot: Spot, modifiers: tuple[int, ...]) -> str:
    """A number that fits numeric(precision, scale); of scale only what tells the rows apart."""
    if not modifiers:
        return f"{spot.number}.25"
    precision, scale = modifiers[0], modifiers[1] if len(modifiers) > 1 else 0
    room = precision - scale
    whole = spot.number if room >= 5 else spot.number % 10 ** max(room, 0)
    if scale > 0 and room <= 0:
        return str(Decimal(spot.number % 10**precision).scaleb(-scale))
    return str(whole) + (f".{25 if scale > 1 else 5}" if scale > 0 else "")


def _uuid(spot: Spot, _: tuple[int, ...]) -> str:
    found = md5(f"{spot.key} {spot.row} {spot.label}".encode(), usedforsecurity=False).hexdigest()
    return f"{found[:8]}-{found[8:12]}-4{found[13:16]}-8{found[17:20]}-{found[20:]}"


def _bits(spot: Spot, modifiers: tuple[int, ...]) -> str:
    length = min(modifiers[0], _MOST_BITS) if modifiers else 1
    return format((spot.key + spot.row) % 2**length, f"0{length}b")


def _vector(spot: Spot, modifiers: tuple[int, ...]) -> str:
    # pgvector knows 16,000 dimensions at most.
    count = min(modifiers[0], 16_000) if modifiers else 3
    return "[" + ",".join(str(spot.row + 1 + place % 7) for place in range(count)) + "]"


def _sparse(spot: Spot, modifiers: tuple[int, ...]) -> str:
    return f"{{1:{spot.row + 1}}}/{modifiers[0] if modifiers else 3}"


def _moment(form: str) -> Maker:
    return lambda spot, _: moment(spot).strftime(form)


def _form(form: str) -> Maker:
    """`n`: the spot's number, `r`, `s`: its row from 1 and the next, `k`, `b`: bytes, `l`: a letter, `w`: a word."""

    def make(spot: Spot, _: tuple[int, ...]) -> str:
        return form.format(
            n=spot.number,
            r=spot.row + 1,
            s=spot.row + 2,
            k=spot.key % 200 + 1,
            l=chr(ord("a") + (spot.key + spot.row) % 26),
            w=text(spot, 0, None),
            b=(spot.row + spot.key) % 250 + 1,
        )

    return make


MAKERS: dict[str, Maker] = {
    "smallint": lambda spot, _: str(spot.number if spot.number < 2**15 else 2**14 + spot.number % 2**14),
    "integer": _form("{n}"),
    "bigint": _form("{n}"),
    "numeric": digits,
    "real": _form("{n}.5"),
    "double precision": _form("{n}.25"),
    "money": _form("{n}.50"),
    "boolean": lambda spot, _: "true" if (spot.row + spot.key) % 2 else "false",
    "text": lambda spot, _: text(spot, 0, None),
    "character varying": lambda spot, modifiers: text(spot, 0, modifiers[0] if modifiers else None),
    "character": lambda spot, modifiers: text(spot, 0, modifiers[0] if modifiers else 1),
    "bpchar": lambda spot, _: text(spot, 0, None),
    '"char"': _form("{l}"),
    "name": lambda spot, _: text(spot, 0, 60),
    "bytea": _form("\\x{n:08x}"),
    "uuid": _uuid,
    "json": _form('{{"{w}": {n}}}'),
    "jsonb": _form('{{"{w}": {n}}}'),
    "jsonpath": _form("$.a[{r}]"),
    "xml": _form("<a>{n}</a>"),
    "date": _moment("%Y-%m-%d"),
    "timestamp without time zone": _moment("%Y-%m-%d %H:%M:%S"),
    "timestamp with time zone": _moment("%Y-%m-%d %H:%M:%S+00"),
    "time without time zone": lambda spot, _: f"{spot.rank % 20:02}:{spot.key % 60:02}:{spot.row % 60:02}",
    "time with time zone": lambda spot, _: f"{spot.rank % 20:02}:{spot.key % 60:02}:{spot.row % 60:02}+00",
    "interval": _form("{n} minutes"),
    "bit": _bits,
    "bit varying": lambda spot, modifiers: _bits(spot, (min(modifiers[0], 8) if modifiers else 8,)),
    "inet": _form("10.1.{k}.{b}"),
    "cidr": _form("10.{k}.{b}.0/24"),
    "macaddr": _form("08:00:2b:01:{k:02x}:{b:02x}"),
    "macaddr8": _form("08:00:2b:01:02:03:{k:02x}:{b:02x}"),
    "tsvector": _form("word{r} row{n}"),
    "tsquery": _form("word{r} & row{n}"),
    "point": _form("({n},{r})"),
    "line": _form("{{{r},-1,{n}}}"),
    "lseg": _form("[({n},0),({n},{r})]"),
    "box": _form("({n},{s}),({n},{r})"),
    "path": _form("[({n},0),({n},{r})]"),
    "polygon": _form("(({n},0),({n},{r}),(0,0))"),
    "circle": _form("<({n},0),{r}>"),
    "oid": _form("{n}"),
    "xid": _form("{n}"),
    "xid8": _form("{n}"),
    "cid": _form("{n}"),
    "tid": _form("({n},{r})"),
    "pg_lsn": _form("0/{n:X}"),
    "pg_snapshot": _form("{n}:{n}:"),
    "txid_snapshot": _form("{n}:{n}:"),
    "int2vector": _form("{r} {s}"),
    "oidvector": _form("{r} {s}"),
    "refcursor": _form("{w}"),
    "regclass": _form("pg_catalog.pg_class"),
    "regtype": _form("pg_catalog.int4"),
    "regproc": _form("pg_catalog.now"),
    "regprocedure": _form("pg_catalog.now()"),
    "regnamespace": _form("pg_catalog"),
    "regrole": _form("pg_monitor"),
    "regconfig": _form("pg_catalog.simple"),
    "regdictionary": _form("pg_catalog.simple"),
    "regcollation": _form('pg_catalog."C"'),
    # Types of extensions, by their bare names.
    "citext": lambda spot, _: text(spot, 0, None),
    "hstore": _form('"{w}"=>"{n}"'),
    "ltree": _form("top.n{n}"),
    "lquery": _form("top.n{n}"),
    "ltxtquery": _form("n{n}"),
    "cube": _form("({n},{r})"),
    "seg": _form("{n}"),
    "vector": _vector,
    "halfvec": _vector,
    "sparsevec": _sparse,
    "geometry": _form("POINT({r} {s})"),
    "geography": _form("POINT({r} {s})"),
}
