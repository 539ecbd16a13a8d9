"""Tables of labelled pictures: read with their further columns, and refused with the line that is wrong."""

from pathlib import Path

import pytest

from engine.search.errors import BadTable
from engine.search.evaluation.tables import LabelledPair, LabelledPicture, read_identities, read_pairs


def a_table(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_tables_are_read_with_further_columns_and_in_any_order(tmp_path: Path) -> None:
    read = read_pairs(a_table(tmp_path, "same,source,b,a\n1,x, q.jpg ,p.jpg\nFALSE,,q.jpg,r.jpg\n"))
    assert read == [
        LabelledPair("p.jpg", "q.jpg", True, {"source": "x"}),
        LabelledPair("r.jpg", "q.jpg", False, {"source": ""}),
    ]
    read_too = read_identities(a_table(tmp_path, "\ufefffile,identity,age band,\nä.jpg,Åse, 6-9 ,?,more\nb.jpg,Bo\n"))
    assert read_too == [
        LabelledPicture("ä.jpg", "Åse", {"age band": "6-9"}),
        LabelledPicture("b.jpg", "Bo", {"age band": ""}),
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "no column a and no column b and no column same"),
        ("a,b\n1,2\n", "no column same"),
        ("a,b,same\n", "no rows"),
        ("a,b,same\nx,y,1\nx,,0\n", "line 3: b is empty"),
        ("a,b,same\nx,y\n", "line 2: same is empty"),
        ("a,b,same\nx,y,perhaps\n", "line 2: same is 'perhaps'"),
    ],
)
def test_a_bad_table_of_pairs_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(BadTable, match=named):
        read_pairs(a_table(tmp_path, text))


def test_a_bad_table_of_people_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match=r"line 4: x\.jpg stands in line 2 already"):
        read_identities(a_table(tmp_path, "file,identity\nx.jpg,Emma\ny.jpg,Emma\nx.jpg,Ida\n"))
    (tmp_path / "table.csv").write_bytes(b"file,identity\n\xff\xfe,x\n")
    with pytest.raises(BadTable, match="cannot be read"):
        read_identities(tmp_path / "table.csv")
    with pytest.raises(BadTable, match="cannot be read"):
        read_identities(tmp_path / "missing.csv")
