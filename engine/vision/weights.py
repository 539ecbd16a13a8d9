"""Finds the files that carry the networks' weights inside installed packages, and proves that they are unaltered.

The packages are never imported: theirs is code that Triage neither needs nor trusts; only one file of each is read.
"""

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from engine.vision.errors import WeightsAltered, WeightsMissing

if TYPE_CHECKING:
    from config.models import ModelEntry

INSTALL = "pip install --no-deps --require-hashes -r config/models.txt"
REINSTALL = "pip install --force-reinstall --no-deps --require-hashes -r config/models.txt"


def locate(entry: "ModelEntry") -> Path:
    """Return the path of a model's weights file after checking its content.

    Raises WeightsMissing when the package or the file is not installed, WeightsAltered when its SHA-256 differs.
    """
    try:
        package = distribution(entry.package)
    except PackageNotFoundError:
        raise WeightsMissing(
            f"{entry.name}: the package {entry.package} {entry.version}, which carries its weights, is not installed",
            hint=INSTALL,
        ) from None
    path = Path(str(package.locate_file(entry.file)))
    if not path.is_file():
        raise WeightsMissing(
            f"{entry.name}: {entry.file} is missing from the installed package {entry.package}", hint=REINSTALL
        )
    verify(path, entry.sha256, name=entry.name, hint=REINSTALL)
    return path


def verify(path: Path, sha256: str, *, name: str, hint: str) -> None:
    """Raise WeightsAltered, with this hint, unless the file's SHA-256 (lower-case hex) is the one given.

    Raises WeightsMissing when the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WeightsMissing(f"{name}: {path} cannot be read: {error.strerror}", hint=hint) from error
    if found != sha256:
        raise WeightsAltered(f"{name}: {path} has SHA-256 {found}, not {sha256}: it was altered or replaced", hint=hint)
