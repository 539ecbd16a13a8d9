"""Threads wait without spinning, unless whoever runs the deployment chose otherwise."""

import os

from config.threads import wait_passively


def test_threads_wait_passively(monkeypatch) -> None:
    # Set first, so that it is as it was after the test in any case.
    monkeypatch.setenv("OMP_WAIT_POLICY", "any")
    monkeypatch.delenv("OMP_WAIT_POLICY")
    monkeypatch.setenv("KMP_BLOCKTIME", "7")
    wait_passively()
    assert os.environ["OMP_WAIT_POLICY"] == "passive"
    assert os.environ["KMP_BLOCKTIME"] == "7"
