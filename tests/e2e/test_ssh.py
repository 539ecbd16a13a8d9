"""Sign-in over SSH with a real sshd and a real client: each role gets what it may, and no way out of it."""

import getpass
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.console.cli.program import Installed
from tests.e2e.ssh_server import Client, SshServer, ssh_server, why_not
from tests.e2e.terminal import Terminal

pytestmark = [pytest.mark.slow, pytest.mark.skipif(why_not() is not None, reason=why_not() or "")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    folder = tmp_path_factory.mktemp("sshd")
    with ssh_server(folder, Installed(folder / "home")) as running:
        yield running


@pytest.fixture(scope="module")
def people(server: SshServer) -> dict[str, Client]:
    """One person of each role; the supervisor last, who from then on is the only one to add anybody."""
    return {role: server.person(role, role) for role in ("oncall", "intake", "auditor", "investigator", "supervisor")}


def test_each_role_does_its_work(people: dict[str, Client]) -> None:
    assert people["oncall"]("health", "--json").returncode in {0, 1}
    assert people["intake"]("triage", "batch", "list", "--json").stdout.strip() == "[]"
    assert json.loads(people["investigator"]("triage referral list --json").stdout) == []
    assert "The ledger holds" in people["auditor"]("ledger", "verify").stdout
    listed = json.loads(people["supervisor"]("user", "list", "--json").stdout)
    assert {user["role"] for user in listed} == {"oncall", "intake", "auditor", "investigator", "supervisor"}


def test_what_lies_outside_a_role_is_refused(people: dict[str, Client]) -> None:
    for role, words in (("oncall", ("referral", "list")), ("intake", ("enqueue", "/etc")), ("auditor", ("console",))):
        refused = people[role](*words)
        assert refused.returncode == 3, refused.stderr
        assert refused.stdout == ""


def test_nothing_reaches_a_shell(people: dict[str, Client]) -> None:
    for escape in ("bash -i", "health; id", "$(id)"):
        answer = people["oncall"](escape)
        assert answer.returncode == 3
        assert "uid=" not in answer.stdout + answer.stderr


def test_no_variable_of_the_client_gets_through(people: dict[str, Client], tmp_path: Path) -> None:
    answer = people["investigator"](
        "referral", "list", "--json", options=("-o", "SendEnv=TRIAGE_* PYTHON*"), TRIAGE_HOME=str(tmp_path / "mine"),
        TRIAGE_CONFIG="/etc/passwd", PYTHONSTARTUP="/etc/passwd", PYTHONPATH=str(tmp_path), PYTHONINSPECT="1",
    )  # fmt: skip
    assert (answer.returncode, answer.stdout.strip()) == (0, "[]")
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("forward", [("-L", "0:127.0.0.1:22"), ("-R", "0:127.0.0.1:22"), ("-D", "0"), ("-w", "any")])
def test_nothing_is_forwarded(people: dict[str, Client], forward: tuple[str, str]) -> None:

    supervisor = people["supervisor"]
    local = forward[0] in {"-L", "-D"}
    # A forward from this side opens a port here and is refused only when it is used: `-W` uses it at once.
    options = ("-W", "127.0.0.1:22") if local else ("-N", *forward)
    command = supervisor.command(options=options)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False)
    assert done.returncode == 255
    assert b"prohibited" in done.stderr or b"failed" in done.stderr, done.stderr


def test_no_file_is_copied(people: dict[str, Client], tmp_path: Path) -> None:

    supervisor = people["supervisor"]
    there = f"{getpass.getuser()}@127.0.0.1:/etc/hostname"
    for program in (["sftp", "-b", "-"], ["scp", "-O"]):
        words = [there] if program[0] == "sftp" else [there, str(tmp_path / "taken")]
        done = subprocess.run(
            [*program, *supervisor.options, "-P", str(supervisor.port), *words],
            input=b"get /etc/hostname", capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode != 0
    assert not (tmp_path / "taken").exists()


def test_strangers_and_revoked_keys_are_refused(server: SshServer, people: dict[str, Client]) -> None:
    assert "Permission denied" in server.stranger("stranger")("health").stderr
    key = server.stranger("leaver")
    text = key.key.with_suffix(".pub").read_bytes()
    supervisor = people["supervisor"]
    assert supervisor("user", "add", "leaver", "--role", "oncall", "--key", "-", stdin=text).returncode == 0
    assert key("health").returncode in {0, 1}
    listed = json.loads(supervisor("user", "list", "--json").stdout)
    (fingerprint,) = [user["keys"][0]["fingerprint"] for user in listed if user["name"] == "leaver"]
    assert supervisor("user", "revoke-key", fingerprint).returncode == 0
    assert "Permission denied" in key("health").stderr


def test_sign_ins_and_refusals_are_in_the_ledger(people: dict[str, Client]) -> None:
    assert people["oncall"]("referral", "show", "R1").returncode == 3
    events = json.loads(people["auditor"]("ledger", "list", "--json").stdout)
    actions = {event["action"] for event in events}
    assert {"session.opened", "session.closed", "authority.refused", "key.added"} <= actions


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[[Client], Terminal]]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed; it is the terminal that these tests drive")
    opened = Terminal(tmp_path / "tmux")

    def start(client: Client) -> Terminal:

        command = client.command(options=("-t",))
        opened.start(command, columns=100, rows=30, environment={"PATH": os.defpath, "TERM": "tmux-256color"})
        return opened

    yield start
    opened.hang_up()


def test_the_console_opens_over_ssh_and_locks_when_its_user_is_revoked(
    server: SshServer, people: dict[str, Client], terminal: Callable[[Client], Terminal]
) -> None:
    supervisor = people["supervisor"]
    leaver = server.stranger("second")
    text = leaver.key.with_suffix(".pub").read_bytes()
    assert supervisor("user", "add", "second", "--role", "investigator", "--key", "-", stdin=text).returncode == 0
    shown = terminal(leaver)
    shown.wait_for("Nothing waits for you")
    assert supervisor("user", "revoke", "second").returncode == 0
    shown.wait_for("Locked")
    shown.press("h")
    time.sleep(0.5)
    assert "Locked" in shown.text()
    shown.press("q")
    shown.wait_for("ended with 0")


def test_on_call_sees_health_and_no_queue(people: dict[str, Client], terminal: Callable[[Client], Terminal]) -> None:
    shown = terminal(people["oncall"])
    shown.wait_for("leave")
    assert "Referrals for you" not in shown.text()
    shown.press("q")
    shown.wait_for("ended with 0")


def test_a_bundle_comes_through_standard_input_and_a_list_opens_nothing_here(
    people: dict[str, Client], tmp_path: Path
) -> None:
    secret = tmp_path / "secret.jpg"
    Image.new("RGB", (64, 64), "red").save(secret)
    sent = people["intake"]("enqueue", "-", "--json", stdin=secret.read_bytes())
    assert json.loads(sent.stdout)["received"] == 1, sent.stderr
    assert people["intake"]("enqueue", "-", stdin=f"{secret}\n".encode()).returncode == 3
    manifest = f"referral,file\n1,{str(secret).lstrip('/')}\n".encode()
    named = people["intake"]("enqueue", "-", "--format", "manifest", "--json", stdin=manifest)
    assert "came without its files" in named.stdout
