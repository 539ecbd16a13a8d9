"""Whatever is changed in a report's bytes, the answer is referrals and named refusals, never another error."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.formats.incoming import IncomingReferral
from engine.formats.limits import Limits
from engine.formats.read import Format, Reader
from tests.engine.formats.formats_world import JPEG, MATROSKA, PDF, REPORT, a_tar, a_vics, a_zip

FILES = {"sub/a.jpg": JPEG, "sub/b.mkv": MATROSKA, "report.xml": REPORT.encode(), "r.pdf": PDF}
LIMITS = Limits(bundle_bytes=1 << 24, xml_depth=50, entries=100)
SEEDS = {
    "zip": a_zip(FILES),
    "deflated": a_zip(FILES, 8),
    "tar": a_tar(FILES),
    "gz": a_tar(FILES, "w:gz"),
    "bz2": a_tar(FILES, "w:bz2"),
    "xz": a_tar(FILES, "w:xz"),
    "nested": a_zip({"in.zip": a_zip(FILES), "in.tar.gz": a_tar(FILES, "w:gz"), "m.csv": b"file,referral\nin.zip,1\n"}),
    "xml": REPORT.encode(),
    "vics": a_vics(
        {"MediaID": 1, "RelativeFilePath": "a.jpg", "Exifs": [{"PropertyName": "Make", "PropertyValue": "x"}]},
        {"MediaID": 2, "RelativeFilePath": "a.jpg", "DateUpdated": "/Date(99)/", "MediaFiles": [{"FileName": "b"}]},
    ),
    "csv": b'referral;file;narrative\n1;a.jpg;"so; so"\n2;a.jpg;\n',
    "jsonl": b'{"referral": 1, "files": [{"file": "a.jpg", "facts": [{"kind": "ip", "label": "a", "value": ""}]}]}\n'
    * 3,
}
NAMES = {"csv": "m.csv", "jsonl": "m.jsonl"}

# Where to change (as a share of the length), and what to put there in place of how many bytes.
changes = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.one_of(
            st.binary(max_size=4),
            st.sampled_from([b"\xff" * 4, b"\x00" * 8, b'"', b"<", b"{", b"[[[[", b"\x80", b"../", b"&x;"]),
        ),
        st.integers(0, 40),
    ),
    min_size=1,
    max_size=5,
)


def mutated(data: bytes, how: list[tuple[float, bytes, int]]) -> bytes:
    for where, new, gone in how:
        at = int(where * len(data))
        data = data[:at] + new + data[at + gone :]
    return data


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("each", [False, True])
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(how=changes)
def test_any_change_is_answered(
    tmp_path_factory: pytest.TempPathFactory, seed: str, each: bool, how: list[tuple[float, bytes, int]]
) -> None:
    folder = _folder(tmp_path_factory)
    path = folder / NAMES.get(seed, "input")
    path.write_bytes(mutated(SEEDS[seed], how))
    wanted = {"xml": Format.CYBERTIP, "vics": Format.VICS, "csv": Format.MANIFEST, "jsonl": Format.MANIFEST}
    for chosen in {Format.AUTO, wanted.get(seed, Format.AUTO)}:
        found = list(Reader(folder, LIMITS, each, chosen).read(path))
        assert found
        for one in found:
            if isinstance(one, IncomingReferral):
                _read_all(one)
            else:
                assert one.path
                assert one.reason


def _read_all(referral: IncomingReferral) -> None:
    for incoming in (*referral.files, *referral.originals):
        incoming.name.encode()
        try:
            with incoming.open() as file:
                while file.read(1 << 16):
                    pass
        except OSError as error:
            assert error.strerror
    for fact in (*referral.facts, *(fact for file in referral.files for fact in file.facts)):
        f"{fact.label}{fact.value}{fact.path}".encode()


_folders: list[Path] = []


def _folder(factory: pytest.TempPathFactory) -> Path:
    if not _folders:
        _folders.append(factory.mktemp("mutated"))
        (_folders[0] / "a.jpg").write_bytes(JPEG)
    return _folders[0]
