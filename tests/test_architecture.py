"""The rules of the house, read from the code: who imports whom, who reads the environment, how long a file may be."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
PACKAGES = ("config", "engine", "jobs", "console")
LONGEST_FILE = 300

# Each room with the rooms below it. Arrows point down only; records and vision do not know each other. Formats stands
# on the ground too, but takes the root of all errors from config.
MAY_IMPORT: dict[str, frozenset[str]] = {
    "config": frozenset(),
    "engine": frozenset(),
    "engine.formats": frozenset({"config"}),
    "engine.records": frozenset({"config", "engine.formats"}),
    "engine.vision": frozenset({"config", "engine.formats"}),
    "engine.search": frozenset({"config", "engine.formats", "engine.records", "engine.vision"}),
    "jobs": frozenset({"config", "engine.formats", "engine.records", "engine.vision", "engine.search"}),
    "console": frozenset({"config", "engine.formats", "engine.records", "engine.vision", "engine.search", "jobs"}),
}

_DATABASES = frozenset({"sqlalchemy", "alembic", "sqlite3", "psycopg"})
_QUEUE_AND_SCREEN = frozenset({"redis", "rq", "textual"})
_TALKING_TO_OTHERS = frozenset({"requests", "urllib3", "httpx", "aiohttp", "urllib.request", "http.client", "smtplib"})

# Libraries a package and everything in it does without, the longest matching prefix of a room included.
MUST_NOT_IMPORT: dict[str, frozenset[str]] = {
    "config": _TALKING_TO_OTHERS | _QUEUE_AND_SCREEN | {"torch"},
    "engine": _TALKING_TO_OTHERS | _QUEUE_AND_SCREEN,
    "engine.formats": frozenset({"torch"}) | _DATABASES,
    "engine.records": frozenset({"torch"}),
    "engine.vision": _DATABASES,
    "jobs": _TALKING_TO_OTHERS | {"textual"},
    "console": _TALKING_TO_OTHERS,
}

_ENVIRONMENT = frozenset({"environ", "environb", "getenv", "getenvb", "putenv"})


def violations(root: Path) -> list[str]:
    """Every broken rule in the repository at `root`, each as one line that names the file."""
    found = [line for path in _modules(root, PACKAGES) for line in _of_package_module(root, path)]
    found += [line for path in _modules(root, (*PACKAGES, "tests")) for line in _of_any_module(root, path)]
    for folder in sorted({path.parent for path in _modules(root, PACKAGES)}):
        if not (folder / "__init__.py").exists():
            found.append(f"{folder.relative_to(root)}: no __init__.py that says what lives here")
    return found


def _modules(root: Path, folders: tuple[str, ...]) -> list[Path]:
    return sorted(path for folder in folders for path in (root / folder).rglob("*.py"))


def _of_any_module(root: Path, path: Path) -> Iterator[str]:
    source = path.read_text(encoding="utf-8")
    lines = len(source.splitlines())
    if lines > LONGEST_FILE:
        yield f"{path.relative_to(root)}: {lines} lines, more than {LONGEST_FILE}"
    if not ast.get_docstring(ast.parse(source)):
        yield f"{path.relative_to(root)}: no docstring"


def _of_package_module(root: Path, path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = path.relative_to(root)
    room = _room(".".join(name.with_suffix("").parts))
    for module in _imports(tree, package=".".join(name.parent.parts)):
        other = _room(module)
        if other and other != room and other not in MAY_IMPORT[room]:
            yield f"{name}: {room} imports {module}"
        if _forbidden(room, module):
            yield f"{name}: {room} imports the library {module}"
    if room != "config" and _reads_environment(tree):
        yield f"{name}: reads the environment"


def _room(module: str) -> str:
    """The room a dotted name lies in; empty for a library."""
    candidates = [room for room in MAY_IMPORT if module == room or module.startswith(f"{room}.")]
    return max(candidates, key=len, default="")


def _forbidden(room: str, module: str) -> bool:
    libraries = set().union(
        *(names for prefix, names in MUST_NOT_IMPORT.items() if f"{room}.".startswith(f"{prefix}."))
    )
    return any(module == library or module.startswith(f"{library}.") for library in libraries)


def _imports(tree: ast.Module, package: str) -> Iterator[str]:
    """The dotted names a module imports at any depth, `from a import b` as a.b, relative ones made absolute."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            origin = ".".join([*parents, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__"}:
            yield from (str(argument.value) for argument in node.args if isinstance(argument, ast.Constant))


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _reads_environment(tree: ast.Module) -> bool:
    modules = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name in {"os", "posix"}
    }
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="os" | "posix", names=names) if any(a.name in _ENVIRONMENT for a in names):
                return True
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in modules and name in _ENVIRONMENT:
                return True
    return False


def test_the_house_keeps_its_rules() -> None:
    found = violations(REPOSITORY)
    assert not found, "\n" + "\n".join(found)


def test_every_room_is_looked_at() -> None:
    folders = {path.parent for path in _modules(REPOSITORY, PACKAGES)}
    rooms = {".".join(folder.relative_to(REPOSITORY).parts) for folder in folders}
    assert set(MAY_IMPORT) <= rooms


BROKEN = [
    ("engine/records/x.py", "import engine.vision.align", "engine.records imports engine.vision.align"),
    ("engine/records/x.py", "from engine import vision", "engine.records imports engine.vision"),
    ("engine/vision/x.py", "from engine.records.custody.ledger import Ledger", "engine.vision imports engine.records"),
    ("engine/vision/x.py", "from ..records import ledger", "engine.vision imports engine.records.ledger"),
    ("engine/vision/deep/x.py", "from ... import search", "engine.vision imports engine.search"),
    ("engine/formats/x.py", "from engine.records import ids", "engine.formats imports engine.records.ids"),
    ("engine/search/x.py", "def f():\n    import jobs.queues", "engine.search imports jobs.queues"),
    ("engine/search/x.py", "import_module('jobs')", "engine.search imports jobs"),
    ("jobs/x.py", "from console.cli import main", "jobs imports console.cli.main"),
    ("config/x.py", "import engine.formats", "config imports engine.formats"),
    ("engine/search/x.py", "import rq", "engine.search imports the library rq"),
    ("engine/x.py", "from redis import Redis", "engine imports the library redis.Redis"),
    ("engine/vision/x.py", "import textual.app", "the library textual.app"),
    ("engine/records/x.py", "import torch", "the library torch"),
    ("engine/formats/x.py", "import importlib\nimportlib.import_module('torch.nn')", "the library torch.nn"),
    ("engine/vision/x.py", "from sqlalchemy import select", "the library sqlalchemy.select"),
    ("engine/vision/x.py", "import sqlite3", "the library sqlite3"),
    ("jobs/x.py", "from urllib import request", "the library urllib.request"),
    ("jobs/x.py", "import os\nos.environ['PATH']", "reads the environment"),
    ("engine/x.py", "import os as system\nsystem.getenv('PATH')", "reads the environment"),
    ("console/x.py", "from os import environ", "reads the environment"),
    ("engine/search/x.py", "x = 1\n" * 300, "301 lines, more than 300"),
    ("tests/engine/test_x.py", "x = 1\n" * 300, "301 lines, more than 300"),
]


@pytest.mark.parametrize(("file", "source", "message"), BROKEN)
def test_a_broken_rule_is_found(tmp_path: Path, file: str, source: str, message: str) -> None:
    write(tmp_path, file, f'"""A module."""\n{source}')
    (line,) = violations(tmp_path)
    assert line.startswith(f"{file}: ")
    assert message in line


def test_a_missing_docstring_and_a_missing_init_are_found(tmp_path: Path) -> None:
    (tmp_path / "jobs" / "lanes").mkdir(parents=True)
    (tmp_path / "jobs" / "__init__.py").write_text("")
    (tmp_path / "jobs" / "lanes" / "x.py").write_text("x = 1")
    assert violations(tmp_path) == [
        "jobs/__init__.py: no docstring",
        "jobs/lanes/x.py: no docstring",
        "jobs/lanes: no __init__.py that says what lives here",
    ]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("config/x.py", "import os\nos.environ"),
        ("engine/search/x.py", "import torch\nfrom engine.records import people\nfrom . import space"),
        ("jobs/x.py", "import redis, rq\nfrom engine.search import index"),
        ("console/x.py", "import os, textual\nimport jobs.health\nos.path.join('a')"),
        ("engine/vision/x.py", "import torch\nimport configparser\nimport redistribute"),
    ],
)
def test_what_is_allowed_is_not_reported(tmp_path: Path, file: str, source: str) -> None:
    write(tmp_path, file, f'"""A module."""\n{source}')
    assert violations(tmp_path) == []


def write(root: Path, file: str, source: str) -> None:
    """Write a module and the `__init__.py` of each folder above it."""
    path = root / file
    path.parent.mkdir(parents=True)
    path.write_text(source, encoding="utf-8")
    for folder in path.relative_to(root).parents:
        if folder.parts:
            (root / folder / "__init__.py").write_text('"""A folder."""')
