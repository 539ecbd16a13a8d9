"""Where the page of an evaluation is written: checked before the work begins, and readable by its owner alone."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from jobs.errors import BadInput

if TYPE_CHECKING:
    # They bring numpy with them, which a wrong use need not wait for.
    from jobs.evaluation import Evaluation
    from jobs.workbench import Workbench

#: Makes the page from an evaluation, the command that made it, and crops by file.
Page = Callable[["Evaluation[Any]", str, Mapping[str, bytes]], str]

_HINT = "Name a file that ends in .html, in a folder that exists and that you may write to."


def checked_report(path: Path | None, pictures: bool) -> Path | None:
    """The path where a page can be written; raises BadInput, and BadParameter for pictures without a page.

    Only a name that ends in .html is taken, so that a slip of the hand does not cost a table.
    """
    if path is None:
        if pictures:
            raise typer.BadParameter("--pictures goes with --report FILE.html.")
        return None
    if path.suffix.lower() not in {".html", ".htm"}:
        raise BadInput(f"The report {path} would not be taken for a page.", _HINT)
    if path.is_dir() or not path.absolute().parent.is_dir() or not os.access(path.absolute().parent, os.W_OK):
        raise BadInput(f"The report {path} cannot be written.", _HINT)
    return path


def write_report(
    path: Path,
    page: Page,
    evaluation: "Evaluation[Any]",
    bench: "Workbench",
    root: Path,
    *,
    command: str,
    pictures: bool,
) -> None:
    """Make the page and write it, in place of an earlier one; raises BadInput where it cannot be written."""
    from console.evaluation.page import files_of_errors
    from jobs.evaluation import thumbnails

    crops = thumbnails(bench, root, files_of_errors(evaluation.report)) if pictures else {}
    text = page(evaluation, command, crops)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.touch(mode=0o600, exist_ok=False)
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise BadInput(f"The report {path} cannot be written: {error.strerror}.", _HINT) from error
