"""One walk over a tree, kept by folder, so that every reader asks the same list."""

from collections.abc import Iterator
from functools import cached_property
from itertools import islice

from schemata.findings import Finding
from schemata.layouts.found import LayoutError, Limits, error
from schemata.layouts.trees import Tree, TreeFile

# Other people's migrations, or copies that a build made.
IGNORED = frozenset(
    {"node_modules", "vendor", "dist", "build", "target", "third_party", ".git", ".next", ".turbo", ".venv"}
)


class Index:
    """The files below one folder of a tree, up to a cap; `ignored` are scripts in folders of IGNORED names."""

    def __init__(self, tree: Tree, under: str = "", limits: Limits | None = None) -> None:
        self.tree = tree
        self.under = under.strip("/")
        self.limits = limits or Limits()
        self.ignored: list[TreeFile] = []
        self._files = {file.path: file for file in self._walked()}

    def _walked(self) -> Iterator[TreeFile]:
        cap, start = self.limits.files, len(self.under)
        for count, file in enumerate(islice(self.tree.files(self.under), cap + 1)):
            if count == cap:
                raise LayoutError(_too_many(self.under, cap))
            if IGNORED.isdisjoint(file.path[start:].split("/")[:-1]):
                yield file
            elif file.path.endswith(".sql") or file.is_link:
                self.ignored.append(file)

    def __iter__(self) -> Iterator[TreeFile]:
        return iter(self._files.values())

    def get(self, path: str) -> TreeFile | None:
        return self._files.get(path)

    def named(self, name: str) -> tuple[TreeFile, ...]:
        return tuple(self._by_name.get(name, ()))

    def sql(self) -> tuple[TreeFile, ...]:
        """The files that end in `.sql`, by path."""
        return self._sql

    def in_folder(self, folder: str) -> tuple[TreeFile, ...]:
        """The files that lie directly in a folder, by name."""
        return self._by_folder.get(folder, ())

    def below(self, folder: str) -> tuple[TreeFile, ...]:
        """The files in a folder and in its folders, by path."""
        prefix = f"{folder}/" if folder else ""
        return tuple(file for file in self if file.path.startswith(prefix))

    def subfolders(self, folder: str) -> tuple[str, ...]:
        """Names of the folders that lie directly in a folder, in order."""
        return tuple(sorted(self._subfolders.get(folder, ())))

    def folders(self) -> tuple[str, ...]:
        return tuple(self._by_folder)

    @cached_property
    def _sql(self) -> tuple[TreeFile, ...]:
        return tuple(file for file in self if file.path.endswith(".sql"))

    @cached_property
    def _by_name(self) -> dict[str, list[TreeFile]]:
        grouped: dict[str, list[TreeFile]] = {}
        for file in self:
            grouped.setdefault(file.name, []).append(file)
        return grouped

    @cached_property
    def _by_folder(self) -> dict[str, tuple[TreeFile, ...]]:
        grouped: dict[str, list[TreeFile]] = {}
        for file in self:
            grouped.setdefault(file.folder, []).append(file)
        return {folder: tuple(sorted(files, key=lambda file: file.name)) for folder, files in grouped.items()}

    @cached_property
    def _subfolders(self) -> dict[str, set[str]]:
        children: dict[str, set[str]] = {}
        for folder in self._by_folder:
            child = folder
            while child:
                parent, _, name = child.rpartition("/")
                siblings = children.setdefault(parent, set())
                if name in siblings:
                    break
                siblings.add(name)
                child = parent
        return children


def joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _too_many(under: str, cap: int) -> Finding:
    where = f"The folder {under}" if under else "The repository"
    return error(
        "layout.too-many-files",
        f"{where} holds more than {cap:,} files, which is more than Braid reads.",
        under,
        hint="Name the folder of the schema in braid.toml, or in the project's settings.",
    )
