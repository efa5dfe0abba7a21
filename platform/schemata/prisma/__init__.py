"""Prisma's schema language: read without loss, printed as it was, merged as a syntax tree.

The grammar is the one of `psl/schema-ast` in prisma-engines; what it rejects is
kept verbatim and named as a problem, so a half-finished file never loses text.
"""

from schemata.prisma.merge import FileConflict, MergedSchema, merge_schemas
from schemata.prisma.parse import parse
from schemata.prisma.syntax import Document, Problem

__all__ = ["Document", "FileConflict", "MergedSchema", "Problem", "merge_schemas", "parse"]
