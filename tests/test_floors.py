"""The house: imports point down, rooms on one floor never meet, and each library stays in its room."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parent.parent

# From the ground up; rooms side by side on one floor know nothing of each other.
FLOORS = [
    "errors deadline opening container json_text native",
    "formats setting_types sync_metrics freshness_metrics",
    "slices",
    "plan settings metrics address",
    "media configuration tracing",
    "akeneo",
    "catalogue",
    "origins",
    "imagekit pixels cache",
    "addresses",
    "delivery",
    "explain freshness",
    "web demo sync",
    "commands",
    "cli",
]
FLOOR = {room: level for level, rooms in enumerate(FLOORS) for room in rooms.split()}

# Libraries that only some rooms may know.
AT_HOME = {
    "PIL": {"pixels", "demo"},
    "aiocache": {"cache"},
    "aiohttp": {"web", "demo", "commands", "cli", "origins"},
    "aiolimiter": {"sync"},
    "aiosmtplib": {"sync"},
    "apscheduler": {"sync"},
    "deflate": {"pixels"},
    "httpx": {"akeneo", "sync"},
    "obstore": {"cache"},
    "opentelemetry": {"tracing"},
    "pillow_heif": {"pixels", "demo"},
    "prometheus_client": {"metrics", "sync_metrics", "freshness_metrics"},
    "pydantic_settings": {"slices", "settings", "setting_types", "configuration"},
    "pypdfium2": {"pixels"},
    "redis": {"cache"},
    "rich": {"commands"},
    "resvg_py": {"pixels", "demo"},
    "sqlite3": {"commands", "sync"},
    "tenacity": {"sync"},
    "yaml": {"sync"},
}
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
READS_ENVIRONMENT = {"settings", "setting_types", "configuration", "demo"}
READS_TERMINAL = {"proxy.commands.terminal"}  # NO_COLOR and TERM, which are no settings
HANDS_IT_ON = {"proxy.pixels.processes"}  # to a process of its own, with a word for the C library


@dataclass(frozen=True)
class Module:
    """A file of the product, read but not run."""

    path: Path
    tree: ast.Module

    @classmethod
    def read(cls, path: Path) -> Self:
        return cls(path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8")))

    @property
    def name(self) -> str:
        return ".".join(self.path.with_suffix("").parts)

    @property
    def room(self) -> str:
        return self.path.with_suffix("").parts[1]

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    def place(self, node: ast.stmt | ast.expr) -> str:
        return f"{self.path}:{node.lineno}"

    def imports(self) -> Iterator[tuple[ast.stmt, str]]:
        """Each import, wherever in the file it is, as the full dotted name of what it takes."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)

    def neighbours(self) -> Iterator[tuple[ast.stmt, str]]:
        """The imports of our own house, as the room that they reach into; the bare house is the room ''."""
        for node, name in self.imports():
            house, _, inside = name.partition(".")
            if house == "proxy":
                yield node, inside.partition(".")[0]


@cache
def modules() -> list[Module]:
    """Read when the first test wants them: not by every process that collects the tests."""
    return [Module.read(path) for path in sorted((ROOT / "proxy").rglob("*.py")) if path.name != "__init__.py"]


def nothing_in(wrong: Iterable[str]) -> None:
    found = list(wrong)
    assert not found, "\n" + "\n".join(found)


def test_every_room_has_its_floor() -> None:
    rooms = {module.room for module in modules()}

    nothing_in(f"proxy/{room} stands on no floor: give it one in FLOORS" for room in sorted(rooms - FLOOR.keys()))


def test_imports_point_down() -> None:
    nothing_in(
        f"{module.place(node)}: {module.room} may not import {other or 'the whole house'}, which is not below it"
        for module in modules()
        for node, other in module.neighbours()
        if other != module.room and FLOOR.get(other, len(FLOORS)) >= FLOOR.get(module.room, len(FLOORS))
    )


def test_the_reader_of_urls_and_the_drawer_of_pixels_never_meet() -> None:
    strangers = {"imagekit": "pixels", "pixels": "imagekit"}

    nothing_in(
        f"{module.place(node)}: {module.room} and {other} share nothing but the plan"
        for module in modules()
        for node, other in module.neighbours()
        if strangers.get(module.room) == other
    )


def test_no_import_is_relative() -> None:
    nothing_in(
        f"{module.place(node)}: write the import from the top, `from proxy.{module.room} import ...`"
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.ImportFrom) and node.level
    )


def test_no_modules_import_each_other_in_a_circle() -> None:
    names = {module.name for module in modules()}
    graph = {
        module.name: {name for _, taken in module.imports() for name in (taken, taken.rpartition(".")[0])} & names
        for module in modules()
    }

    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        raise AssertionError("imports run in a circle: " + " -> ".join(circle.args[1])) from None


def test_the_package_files_are_empty() -> None:
    nothing_in(
        f"{path.relative_to(ROOT)} must stay empty: names are imported from the module that holds them"
        for path in (ROOT / "proxy").rglob("__init__.py")
        if path.read_bytes()
    )


def test_every_folder_with_code_is_a_package() -> None:
    folders = {ROOT / module.path.parent for module in modules()}

    nothing_in(
        f"{folder.relative_to(ROOT)} has no __init__.py"
        for folder in sorted(folders)
        if not (folder / "__init__.py").is_file()
    )


def test_each_library_stays_in_its_room() -> None:
    nothing_in(
        f"{module.place(node)}: {module.room} may not know {library}; only {', '.join(sorted(AT_HOME[library]))} may"
        for module in modules()
        for node, name in module.imports()
        if (library := name.partition(".")[0]) in AT_HOME and module.room not in AT_HOME[library]
    )


def test_only_the_settings_read_the_environment() -> None:
    nothing_in(
        f"{place}: {module.room} reads the environment; take a slice of the settings instead"
        for module in modules()
        if module.room not in READS_ENVIRONMENT and module.name not in READS_TERMINAL | HANDS_IT_ON
        for place in places_that_touch_the_environment(module)
    )


def places_that_touch_the_environment(module: Module) -> Iterator[str]:
    for node in module.nodes:
        if isinstance(node, ast.Attribute) and node.attr in ENVIRONMENT:
            if isinstance(node.value, ast.Name) and node.value.id == "os":
                yield module.place(node)
        elif isinstance(node, ast.ImportFrom) and node.module == "os" and ENVIRONMENT & {a.name for a in node.names}:
            yield module.place(node)
