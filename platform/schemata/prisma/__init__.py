"""Prisma's schema language: read without loss, printed as it was, merged as a syntax tree.

The grammar is the one of `psl/schema-ast` in prisma-engines; what it rejects is
kept verbatim and named as a problem, so a half-finished file never loses text.
"""

from schemata.prisma.members import Decision
from schemata.prisma.merge import CONFLICT_ID, FileConflict, MergedSchema, merge_schemas
from schemata.prisma.parse import parse
from schemata.prisma.syntax import Document, Problem

__all__ = [
    "CONFLICT_ID",
    "Decision",
    "Document",
    "FileConflict",
    "MergedSchema",
    "Problem",
    "merge_schemas",
    "parse",
]
