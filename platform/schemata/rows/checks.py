"""What CHECK constraints ask for, read from their expressions as Postgres prints them.

The shapes that people write (comparisons with constants, lists, lengths, patterns,
NULL tests, two columns compared) are understood; anything else is passed over, and
the insert then shows whether the values happen to please it.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from schemata.catalog import Catalog, Constraint, Domain
from schemata.rows.demands import NOTHING, Demand
from schemata.rows.expressions import ALIKE, bare, column_of, constant_of, constants_of, number

# As in statements.kinds: a longer text could nest deep enough to end the process.
_PARSED_CHARACTERS = 16_000
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "<>": "<>"}
_LENGTHS = frozenset(
    {"length", "char_length", "character_length", "octet_length", "cardinality", "array_length", "bit_length"}
)
_JSON = {
    "object": '{"a": 1}',
    "array": "[1]",
    "string": '"a"',
    "number": "1",
    "boolean": "true",
    "null": "null",
}
# How the parser hands on the VALUE of a domain's check.
VALUE = "value"


@dataclass(slots=True)
class Wishes:
    """Demands by column; `smaller` holds pairs of columns whose values must be in that order."""

    demands: dict[str, Demand] = field(default_factory=dict)
    smaller: set[tuple[str, str]] = field(default_factory=set)

    def ask(self, column: str, demand: Demand) -> None:
        self.demands[column] = self.demands.get(column, NOTHING).both(demand)

    def refuses(self, other: "Wishes") -> bool:
        known = self.demands
        return any(known[name].contradicts(each) for name, each in other.demands.items() if name in known)

    def take(self, other: "Wishes") -> None:
        for name, each in other.demands.items():
            self.ask(name, each)
        self.smaller |= other.smaller


def demands_of_domain(domain: Domain, catalog: Catalog) -> Demand:
    """What a domain's checks ask of its values."""
    return wishes_of(_checks(catalog.children.get(domain.address, ()))).demands.get(VALUE, NOTHING)


def _checks(parts: Iterable[object]) -> list[str]:
    constraints = [each for each in parts if isinstance(each, Constraint)]
    return [each.definition for each in constraints if each.type == "check" and each.enforced]


def wishes_of_table(parts: Iterable[object]) -> Wishes:
    """What a table's checks ask of its columns."""
    return wishes_of(_checks(parts))


def wishes_of(checks: Iterable[str]) -> Wishes:
    """`checks` are expressions; each has to hold."""
    wishes = Wishes()
    for check in checks:
        expression = _parse(check)
        if expression is not None:
            # What nests deeper than Python's stack is not understood either.
            with suppress(RecursionError):
                read(expression, wishes)
    return wishes


def _parse(text: str) -> Any:
    from pglast import parser

    if len(text) > _PARSED_CHARACTERS:
        return None
    try:
        statement: Any = parser.parse_sql(f"select {text}")[0].stmt
    except parser.ParseError:
        return None
    return statement.targetList[0].val if statement.targetList else None


def read(node: Any, wishes: Wishes, negated: bool = False) -> bool:
    """Add what `node` asks for; whether it was understood."""
    reader = _READERS.get(type(node).__name__)
    return reader(node, wishes, negated) if reader else False


def _boolean(node: Any, wishes: Wishes, negated: bool) -> bool:
    sort = node.boolop.name
    if sort == "NOT_EXPR":
        return read(node.args[0], wishes, not negated)
    if (sort == "AND_EXPR") != negated:
        understood = [read(arm, wishes, negated) for arm in node.args]
        return all(understood)
    return _one_of(node.args, wishes, negated)


def _one_of(arms: Iterable[Any], wishes: Wishes, negated: bool) -> bool:
    """The first arm that is understood and goes with what is asked for already."""
    for arm in arms:
        alone = Wishes()
        if read(arm, alone, negated) and not wishes.refuses(alone):
            wishes.take(alone)
            return True
    return False


def _null_test(node: Any, wishes: Wishes, negated: bool) -> bool:
    column = column_of(node.arg)
    if column is None:
        return False
    wishes.ask(column, Demand(null=(node.nulltesttype.name == "IS_NULL") != negated))
    return True


def _bare(node: Any, wishes: Wishes, negated: bool) -> bool:
    column = column_of(node)
    if column is None:
        return False
    wishes.ask(column, Demand(choices=("false" if negated else "true",)))
    return True


def _boolean_test(node: Any, wishes: Wishes, negated: bool) -> bool:
    sort = node.booltesttype.name
    if sort not in ("IS_TRUE", "IS_FALSE", "IS_NOT_TRUE", "IS_NOT_FALSE"):
        return False
    return read(node.arg, wishes, negated != (sort in ("IS_FALSE", "IS_NOT_TRUE")))


def _expression(node: Any, wishes: Wishes, negated: bool) -> bool:
    operator = node.name[-1].sval
    sort = node.kind.name
    if sort in ("AEXPR_OP_ANY", "AEXPR_IN") and operator == "=":
        return _among(node, wishes, negated)
    if sort == "AEXPR_OP_ALL" and operator == "<>":
        return _among(node, wishes, not negated)
    if sort in ("AEXPR_LIKE", "AEXPR_ILIKE") or (sort == "AEXPR_OP" and operator in ("~", "~*", "~~", "~~*")):
        return _pattern(node, operator, wishes, negated)
    if sort in ("AEXPR_DISTINCT", "AEXPR_OP") and operator in _FLIPPED:
        return _comparison(node, "<>" if sort == "AEXPR_DISTINCT" else operator, wishes, negated)
    return sort == "AEXPR_OP" and operator.startswith("!~") and not negated


def _among(node: Any, wishes: Wishes, negated: bool) -> bool:
    column, texts = column_of(node.lexpr), constants_of(node.rexpr)
    if column is None or texts is None:
        return False
    wishes.ask(column, Demand(excluded=frozenset(texts)) if negated else Demand(choices=texts))
    return True


def _pattern(node: Any, operator: str, wishes: Wishes, negated: bool) -> bool:
    column, text = column_of(node.lexpr), constant_of(node.rexpr)
    if column is None or text is None:
        return False
    sort = operator if operator in ("~", "~*") else "like"
    if not negated:
        wishes.ask(column, Demand(patterns=(f"{sort}:{text}",)))
    return True


_OPPOSITE = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "=": "<>", "<>": "="}


def _comparison(node: Any, operator: str, wishes: Wishes, negated: bool) -> bool:
    left, right = node.lexpr, node.rexpr
    operator = _OPPOSITE[operator] if negated else operator
    if constant_of(left) is not None:
        left, right, operator = right, left, _FLIPPED[operator]
    text = constant_of(right)
    if type(left).__name__ == type(right).__name__ == "NullTest":
        return _between_tests(left, right, operator, wishes)
    if text is None:
        return _between_columns(left, right, operator, wishes)
    if type(bare(left)).__name__ == "FuncCall":
        return _of_function(bare(left), operator, text, wishes)
    column = column_of(left)
    if column is None:
        return False
    wishes.ask(column, _compared(operator, text))
    return True


def _between_tests(left: Any, right: Any, operator: str, wishes: Wishes) -> bool:
    """`(a IS NULL) <> (b IS NULL)` and `=`."""
    columns = [column_of(each.arg) for each in (left, right)]
    if None in columns or operator not in ("=", "<>"):
        return False
    alike = left.nulltesttype == right.nulltesttype
    first, second = map(str, columns)
    wishes.ask(first, Demand(null=False))
    wishes.ask(second, Demand(null=(operator == "=") != alike))
    return True


def _between_columns(left: Any, right: Any, operator: str, wishes: Wishes) -> bool:
    first, second = column_of(left), column_of(right)
    if first is None or second is None:
        return False
    if first == second:
        return operator in ("=", "<=", ">=")
    if operator in ("<", "<=", "<>"):
        wishes.smaller.add((first, second))
    elif operator in (">", ">="):
        wishes.smaller.add((second, first))
    return operator != "="


def _compared(operator: str, text: str) -> Demand:
    bound = number(text)
    by_operator: Mapping[str, Callable[[], Demand]] = {
        "=": lambda: Demand(choices=(text,)),
        "<>": lambda: Demand(excluded=frozenset({text}), min_length=0 if text else 1),
        ">": lambda: Demand(low=bound, open_low=True),
        ">=": lambda: Demand(low=bound),
        "<": lambda: Demand(high=bound, open_high=True),
        "<=": lambda: Demand(high=bound),
    }
    return by_operator[operator]()


def _of_function(node: Any, operator: str, text: str, wishes: Wishes) -> bool:
    called = node.funcname[-1].sval
    if called in ("num_nonnulls", "num_nulls"):
        return _null_count(node, called == "num_nulls", operator, text, wishes)
    column = column_of(node.args[0]) if node.args else None
    if column is None:
        return False
    if called in _LENGTHS:
        return _length(column, operator, text, wishes)
    if called in ("jsonb_typeof", "json_typeof") and operator == "=" and text in _JSON:
        wishes.ask(column, Demand(choices=(_JSON[text],)))
        return True
    if called in ALIKE:
        wishes.ask(column, _compared(operator, text))
        return True
    return False


def _length(column: str, operator: str, text: str, wishes: Wishes) -> bool:
    bound = number(text)
    if isinstance(bound, str):
        return False
    count = int(bound)
    asked = {
        "=": Demand(min_length=count, max_length=count),
        ">": Demand(min_length=count + 1),
        ">=": Demand(min_length=count),
        "<": Demand(max_length=max(0, count - 1)),
        "<=": Demand(max_length=count),
    }.get(operator)
    if asked:
        wishes.ask(column, asked)
    return True


def _null_count(node: Any, nulls: bool, operator: str, text: str, wishes: Wishes) -> bool:
    columns = [column for each in node.args if (column := column_of(each)) is not None]
    bound = number(text)
    if len(columns) != len(node.args) or isinstance(bound, str):
        return False
    count = int(bound) + {"<": -1, ">": 1}.get(operator, 0)
    filled = len(columns) - count if nulls else count
    for place, column in enumerate(columns):
        wishes.ask(column, Demand(null=place >= filled))
    return True


_READERS: Mapping[str, Callable[[Any, Wishes, bool], bool]] = {
    "BoolExpr": _boolean,
    "NullTest": _null_test,
    "ColumnRef": _bare,
    "BooleanTest": _boolean_test,
    "A_Expr": _expression,
}
