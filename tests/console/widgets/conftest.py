"""Widget tests run as in a terminal of true colours, whatever the terminal or job they are started from."""

import pytest
from textual import constants


@pytest.fixture(autouse=True)
def true_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "COLOR_SYSTEM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
