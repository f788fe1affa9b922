"""Tables of other people: every harmless difference is taken, everything doubtful is named."""

from pathlib import Path

import pytest

from mindspa.domain.errors import InvalidAnswers, InvalidInput
from mindspa.exchange.csv_tables import Row, open_table, parse_answer, read_labels


def rows_of(path: Path) -> list[Row]:
    with open_table(path) as table:
        return list(table.rows)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "answers.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        b"id,q1\na,1\nb,2\n",
        b"id;q1\na;1\nb;2\n",
        b"id\tq1\na\t1\nb\t2\n",
        b"\xef\xbb\xbfid,q1\na,1\nb,2\n",
        b"id,q1\r\na,1\r\nb,2\r\n",
        b'"id","q1"\n"a","1"\n"b","2"\n',
        b" id , q1 \n a , 1 \n b , 2 \n",
        b"id,q1\na,1\nb,2",
    ],
    ids=["comma", "semicolon", "tab", "BOM", "CRLF", "quoted", "spaced", "no last newline"],
)
def test_the_same_table_however_it_is_written(tmp_path: Path, content: bytes) -> None:
    with open_table(written(tmp_path, content)) as table:
        assert table.columns == ("id", "q1")
        assert list(table.rows) == [
            Row(2, {"id": "a", "q1": "1"}),
            Row(3, {"id": "b", "q1": "2"}),
        ]


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    """Blank lines and a quoted cell over two lines move the lines after them."""
    content = b'\nid,note\n\na,"one\ntwo"\n\nb,x\n'
    assert [(row.line, row.values["id"]) for row in rows_of(written(tmp_path, content))] == [
        (4, "a"),
        (7, "b"),
    ]


def test_a_comma_inside_a_semicolon_table_is_text(tmp_path: Path) -> None:
    assert rows_of(written(tmp_path, b"id;q1\na,b;1\n")) == [Row(2, {"id": "a,b", "q1": "1"})]


def test_one_column_is_a_table(tmp_path: Path) -> None:
    assert rows_of(written(tmp_path, b"q1\n1\n")) == [Row(2, {"q1": "1"})]


def test_a_column_without_a_name_is_passed_over(tmp_path: Path) -> None:
    """Row numbers of other programs stand under an empty name."""
    assert rows_of(written(tmp_path, b",q1,\n1,2,\n")) == [Row(2, {"q1": "2"})]


@pytest.mark.parametrize(
    "line, problem",
    [
        (b"b,1", "has 2 cells where the header has 3"),
        (b"b,1,2,3", "has 4 cells where the header has 3"),
    ],
)
def test_a_ragged_row_has_no_values_and_the_rest_goes_on(
    tmp_path: Path, line: bytes, problem: str
) -> None:
    rows = rows_of(written(tmp_path, b"id,q1,q2\n" + line + b"\nc,1,2\n"))
    assert rows == [Row(2, {}, problem), Row(3, {"id": "c", "q1": "1", "q2": "2"})]


@pytest.mark.parametrize(
    "content, sentence",
    [
        (b"", "answers.csv is empty."),
        (b"\n \n", "answers.csv is empty."),
        (b"\x89PNG\r\n\x1a\n\0\0", "answers.csv is not a text table."),
        ("id,q1\na,1\n".encode("utf-16"), "answers.csv is UTF-16 text. Save it as UTF-8."),
        ("id,q1\na,1\nbé,2\n".encode("latin-1"), "answers.csv line 3 is not UTF-8 text."),
        (b"1,0,2\n3,1,1\n", "answers.csv has no header"),
        (b"id,q1,q1\na,1,2\n", "answers.csv has more than one column q1."),
        (b'id,q1\na,"1\nb,2\n', "answers.csv line 2 cannot be read: unexpected end of data."),
    ],
    ids=["empty", "blank", "binary", "UTF-16", "Latin-1", "no header", "twice", "open quote"],
)
def test_what_is_no_table_is_named(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        rows_of(written(tmp_path, content))
    assert sentence in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"none\.csv cannot be read: No such file"):
        rows_of(tmp_path / "none.csv")


def test_absent_columns_are_named_beside_those_there(tmp_path: Path) -> None:
    with (
        open_table(written(tmp_path, b"id,q1\na,1\n")) as table,
        pytest.raises(InvalidInput, match=r"has no column q2, q3. Its columns are id, q1\."),
    ):
        table.require(["id", "q2", "q3"])


@pytest.mark.parametrize(
    "text, answer",
    [
        ("2", 2),
        ("2 ", 2),
        (" 2", 2),
        ("2.0", 2),
        ("2.", 2),
        ("2.000", 2),
        ("0", 0),
        ("-1", -1),  # whether it is an option is the instrument's to say
        ("10", 10),
        ("", None),
        ("  ", None),
        ("n/a", None),
        ("-999", None),
        ("7", None),
        ("7.0", None),  # the code for missing, as a spreadsheet writes it
        ("Several days", 1),
        (" Several days ", 1),
    ],
)
def test_answers_are_read(text: str, answer: int | None) -> None:
    read = parse_answer(text, missing={"7", "-999", "n/a"}, labels={"Several days": 1})
    assert read == answer
    assert type(read) is type(answer)


@pytest.mark.parametrize(
    "text", ["1.5", "true", "abc", "5.4e-79", "1,0", "2 0", "--1", "1..0", "several days", "²"]
)
def test_what_is_no_whole_number_is_refused_and_never_rounded(text: str) -> None:
    with pytest.raises(InvalidAnswers) as caught:
        parse_answer(text, missing={"7"}, labels={"Several days": 1})
    assert caught.value.value == text
    assert text not in str(caught.value)


def test_labels(tmp_path: Path) -> None:
    path = tmp_path / "labels.toml"
    path.write_text('[values]\n"Not at all" = 0\n"Nearly every day " = 3\n', encoding="utf-8")
    assert read_labels(path) == {"Not at all": 0, "Nearly every day": 3}


@pytest.mark.parametrize(
    "content, sentence",
    [
        ("", "needs a [values] table"),
        ("[values]\n", "needs a [values] table"),
        ('[values]\n"Yes" = true\n', "'Yes' must stand for a whole number"),
        ('[values]\n"Yes" = "1"\n', "'Yes' must stand for a whole number"),
        ("[values\n", "labels.toml is not valid TOML"),
    ],
)
def test_labels_that_cannot_be_used_are_named(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "labels.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_labels(path)
    assert sentence in str(caught.value)


def test_labels_that_are_no_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "labels.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match=r"^labels\.toml is not UTF-8 text\."):
        read_labels(tmp_path / "labels.toml")


def test_labels_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"labels\.toml cannot be read: No such file"):
        read_labels(tmp_path / "labels.toml")
