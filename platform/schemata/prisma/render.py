"""Values and attributes as the text Prisma's formatter would write."""

import json

from schemata.prisma.syntax import (
    Argument,
    Array,
    Attribute,
    Call,
    Expression,
    FieldType,
    Literal,
    Number,
    Object,
    Path,
)


def expression(value: Expression) -> str:
    match value:
        case Literal(text):
            return json.dumps(text, ensure_ascii=False)
        case Number(text):
            return text
        case Path(name):
            return name
        case Array(items):
            return f"[{', '.join(map(expression, items))}]"
        case Object(fields):
            return f"{{ {', '.join(map(argument, fields))} }}"
        case Call(name, items):
            return f"{name}({', '.join(map(argument, items))})"


def argument(value: Argument) -> str:
    shown = expression(value.value)
    return f"{value.name}: {shown}" if value.name else shown


def attribute(signs: str, value: Attribute) -> str:
    arguments = ", ".join(map(argument, value.arguments))
    return f"{signs}{value.name}({arguments})" if arguments else f"{signs}{value.name}"


def field_type(value: FieldType | None) -> str:
    if value is None:
        return ""
    name = f"Unsupported({json.dumps(value.native, ensure_ascii=False)})" if value.native else value.name
    return name + "[]" * value.is_list + "?" * value.is_optional
