"""Which layout a tree has, and where: all readers are asked, then one must remain.

Order of preference: what `braid.toml` or the project's settings name; migrations for Postgres
outside of test and example folders; those inside of them; a schema that has no migrations yet.
Within one of these groups nothing is guessed: two are a finding that asks which.
"""

from types import ModuleType

from schemata.findings import Finding
from schemata.layouts import (
    dbmate,
    diesel,
    drizzle,
    flyway,
    golang_migrate,
    goose,
    prisma,
    supabase,
)
from schemata.layouts.candidate import Candidate
from schemata.layouts.found import FoundLayout, LayoutError, Limits, error
from schemata.layouts.index import Index
from schemata.layouts.settings import SETTINGS_FILE, Settings, read_settings
from schemata.layouts.trees import Tree

READERS: dict[str, ModuleType] = {
    reader.SLUG: reader
    for reader in (prisma, drizzle, flyway, dbmate, golang_migrate, goose, diesel, supabase)
}


def found_in(index: Index, settings: Settings) -> tuple[FoundLayout, ...]:
    """What remains after preference, nearest to the top first. Raises LayoutError where nothing does."""
    everything = _candidates(index, settings)
    best = _preferred([candidate for candidate in everything if not candidate.foreign])
    if not best:
        raise LayoutError(_nothing(index, settings, everything))
    ordered = sorted(best, key=lambda candidate: (candidate.depth, candidate.root, candidate.layout))
    return tuple(
        FoundLayout(candidate.layout, candidate.root, settings.postgres, settings.options)
        for candidate in ordered
    )


def open_index(tree: Tree, root: str | None, limits: Limits | None) -> tuple[Index, Settings]:
    """The walk over what matters of the tree, and what `braid.toml` and `root` say of it."""
    settings = read_settings(tree)
    if root and root.strip("/"):
        settings = settings.at(root.strip("/"))
    # Prisma's configuration may stand above the migrations, so only a huge tree is narrowed.
    try:
        return Index(tree, "", limits), settings
    except LayoutError:
        if not settings.root:
            raise
        return Index(tree, settings.root, limits), settings


def several(found: tuple[FoundLayout, ...]) -> Finding:
    places = ", ".join(f"{READERS[one.layout].TITLE} in {one.root or 'the top folder'}" for one in found)
    hint = f"Write {SETTINGS_FILE} at the top of the repository:\n" + "\nor\n".join(
        map(_settings_lines, found[:4])
    )
    return error("layout.several", f"There are {len(found)} sets of migrations: {places}.", hint=hint)


def _settings_lines(one: FoundLayout) -> str:
    return f'[schema]\nlayout = "{one.layout}"\nroot = "{one.root or "."}"'


def _candidates(index: Index, settings: Settings) -> list[Candidate]:
    readers = [READERS[settings.layout]] if settings.layout else list(READERS.values())
    found = [candidate for reader in readers for candidate in reader.candidates(index)]
    if not settings.root:
        return found
    exact = [candidate for candidate in found if candidate.root == settings.root]
    return exact or [candidate for candidate in found if candidate.root.startswith(f"{settings.root}/")]


def _preferred(candidates: list[Candidate]) -> list[Candidate]:
    groups = (
        [one for one in candidates if not one.is_bare and not one.is_lesser],
        [one for one in candidates if not one.is_bare],
        [one for one in candidates if not one.is_lesser],
        candidates,
    )
    return next((group for group in groups if group), [])


def _nothing(index: Index, settings: Settings, everything: list[Candidate]) -> Finding:
    where = f" in {settings.root}" if settings.root else ""
    if everything:
        others = ", ".join(
            f"{READERS[one.layout].TITLE} for {one.foreign} in {one.root}" for one in everything[:4]
        )
        message = f"There are no migrations for Postgres{where}, only {others}."
        return error("layout.not-postgres", message, hint="Braid reads schemas of Postgres.")
    kinds = READERS[settings.layout].TITLE if settings.layout else _any_of()
    message = f"No migrations were found{where} ({kinds})."
    return error("layout.none", message, settings.path, hint=_near_misses(index), line=settings.line)


def _any_of() -> str:
    return ", ".join(reader.TITLE for reader in READERS.values())


def _near_misses(index: Index) -> str:
    folders = sorted({file.folder for file in index if file.name.endswith(".sql")})[:3]
    if not folders:
        return "Push a commit that holds the migrations, or name their folder in the project's settings."
    listed = ", ".join(folder or "the top folder" for folder in folders)
    return f"There is SQL in {listed}, but not named or marked as one of these tools would."
