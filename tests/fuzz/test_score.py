"""`score` under any table, labels and options."""

import contextlib
import csv
import io
import os
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from mindspa.domain.errors import InvalidAnswers, InvalidInput
from mindspa.exchange.csv_tables import open_table, parse_answer, read_labels
from tests.fuzz.command import run
from tests.fuzz.files import raw_tables, raw_toml, toml_of, toml_values
from tests.fuzz.odd import fuzzed, texts

ITEMS = [f"q{number}" for number in range(1, 8)]  # of the GAD-7
HEADER = "id,answered,total,severity,complete,item9"

# What the operating system can hand to a program.
arguments = texts.filter(lambda text: "\x00" not in text)


@fuzzed(300)
@given(raw_tables)
@example(b"\xef\xbb\xbf")
@example("\u00a0\n".encode())
@example(b"id,q1\n1," + b"9" * 5000 + b"\n")
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    table = tmp_path / "table.csv"
    table.write_bytes(content)
    with contextlib.suppress(InvalidInput), open_table(table) as opened:
        for row in opened.rows:
            for cell in row.values.values():
                with contextlib.suppress(InvalidAnswers):
                    assert type(parse_answer(cell, missing={"-9"})) in (int, type(None))


def test_a_file_that_breaks_off_half_way_leaves_no_half_of_the_scores(tmp_path: Path) -> None:
    table, out = tmp_path / "table.csv", tmp_path / "scores.csv"
    out.write_text("earlier scores", encoding="utf-8")
    rows = b"".join(b"%d,0,0,0,0,0,0,0\n" % number for number in range(2_000))
    table.write_bytes(f"id,{','.join(ITEMS)}\n".encode() + rows + b"\xff\n")
    result = run("score", "gad7", table, "--items", ",".join(ITEMS), "--out", out)
    assert result.exit_code == 1
    assert "line 2002 is not UTF-8" in result.stderr
    assert out.read_text(encoding="utf-8") == "earlier scores"
    assert len(list(tmp_path.iterdir())) == 2


labels = st.dictionaries(texts, toml_values, max_size=3).map(lambda made: {"values": made})


@fuzzed(200)
@given(st.one_of(raw_toml, labels.map(lambda made: toml_of(made).encode())))
@example(b"a = " + b"[" * 5000)
@example(b"a = " + b"9" * 5000)
def test_any_labels(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "labels.toml"
    file.write_bytes(content)
    with contextlib.suppress(InvalidInput):
        assert all(type(value) is int for value in read_labels(file).values())


@fuzzed(30)
@given(arguments, arguments, arguments, arguments)
def test_any_options(
    tmp_path: Path, instrument: str, items: str, id_column: str, missing: str
) -> None:
    table = tmp_path / "table.csv"
    table.write_text("id,a,b\n1,0,0\n", encoding="utf-8")
    run(
        "score",
        f"--items={items}",
        f"--id={id_column}",
        f"--missing={missing}",
        "--",
        instrument,
        table,
    )
    run("score", f"--items={items}", "--", "gad7", instrument)


CELLS = {
    **{str(value): value for value in range(4)},
    **{f" {value}.0 ": value for value in range(4)},
    "sometimes": 1,
    "": None,
    "n/a": None,
    "-9": None,
}
WRONG = ["4", "-1", "1.5", "often", "9" * 5000, "\uff11", "0x1", "+1", "1e0", "true"]


@fuzzed(50)
@given(
    st.lists(
        st.lists(st.sampled_from([*CELLS, *WRONG, *list(CELLS)[:4] * 3]), min_size=7, max_size=7),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_a_table_counts_as_it_does_by_hand(
    tmp_path: Path, rows: list[list[str]], delimiter: str, codec: str, line_end: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end)
    writer.writerows([["id", *ITEMS], *([f"p{n}", *row] for n, row in enumerate(rows))])
    (tmp_path / "table.csv").write_bytes(text.getvalue().encode(codec))
    (tmp_path / "labels.toml").write_text("[values]\nsometimes = 1\n", encoding="utf-8")
    result = run(
        *("score", "gad7", tmp_path / "table.csv", "--id", "id", "--items", ",".join(ITEMS)),
        *("--missing", "n/a,-9", "--labels", tmp_path / "labels.toml"),
    )
    expected = [HEADER]
    for number, row in enumerate(rows):
        if not set(row) <= set(CELLS):
            continue
        given_ = [value for cell in row if (value := CELLS[cell]) is not None]
        whole = len(given_) == len(ITEMS)
        total = sum(given_)
        severity = ["minimal", "mild", "moderate", "severe"][min(total // 5, 3)]
        scored = (str(total), severity, "true") if whole else ("", "", "false")
        expected.append(f"p{number},{len(given_)},{','.join(scored)},")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == expected


@fuzzed(25)
@given(arguments)
def test_any_place_for_the_scores(tmp_path: Path, name: str) -> None:
    table = tmp_path / "table.csv"
    table.write_text(f"id,{','.join(ITEMS)}\na,0,0,0,0,0,0,0\n", encoding="utf-8")
    before = table.read_bytes()
    out = tmp_path / name.replace("/", "_")
    result = run("score", "gad7", table, "--items", ",".join(ITEMS), "--out", out)
    if result.exit_code == 0:
        assert out.read_text(encoding="utf-8").startswith(HEADER)
        out.unlink()
    assert table.read_bytes() == before
    assert list(tmp_path.iterdir()) == [table]


def test_a_pipe_is_written_and_not_replaced(tmp_path: Path) -> None:
    table, pipe = tmp_path / "table.csv", tmp_path / "pipe"
    table.write_text(f"id,{','.join(ITEMS)}\na,0,0,0,0,0,0,0\n", encoding="utf-8")
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    result = run("score", "gad7", table, "--items", ",".join(ITEMS), "--out", pipe)
    said = os.read(reader, 1000).decode()
    os.close(reader)
    assert result.exit_code == 0
    assert said.startswith(HEADER)
    assert pipe.is_fifo()
