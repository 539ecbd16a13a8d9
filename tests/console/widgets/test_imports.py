"""Widgets stay light: what they import must not slow the console's start or reach below the screen."""

import subprocess
import sys
from pathlib import Path

import console.widgets

HEAVY = {"torch", "sqlalchemy", "redis", "rq", "engine", "jobs"}


def test_importing_every_widget_loads_nothing_heavy() -> None:
    folder = Path(console.widgets.__file__).parent
    modules = [f"console.widgets.{path.stem}" for path in sorted(folder.glob("*.py")) if path.stem != "__init__"]
    assert "console.widgets.face_view" in modules
    code = f"import sys, {', '.join(modules)}; print('\\n'.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert HEAVY.isdisjoint(loaded)
