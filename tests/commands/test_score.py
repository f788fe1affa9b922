"""The `score` command as an operator uses it, on made-up files with the oddities of real ones."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from mindspa.commands.score import score

PHQ9_COLUMNS = ",".join(f"q{number}" for number in range(1, 10))
HEADER = "id,answered,total,severity,complete,item9"
NO_WHOLE_NUMBER = "An answer must be a whole number or a known label."

app = typer.Typer()
app.command()(score)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def phq9_file(folder: Path, *rows: str, name: str = "answers.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([f"id,{PHQ9_COLUMNS},q10", *rows]) + "\n", encoding="utf-8")
    return path


def test_one_line_a_row_and_a_count_beside(tmp_path: Path) -> None:
    path = phq9_file(
        tmp_path,
        "a,0,0,0,0,0,0,0,0,0,",
        "b,2,2.0,2 ,2,2,1,1,1,1,3",
        "c,1,1,1,7,1,1,1,1,1,0",  # refused to answer item 4
        "d,,,,,,,,,,",
        "e,,,,,,,,,2,",  # item 9 alone
        "f,3,3,3,3,3,3,3,3,n/a,3",
    )
    result = run("phq9", path, "--id", "id", "--items", PHQ9_COLUMNS, "--missing", "7,9,n/a")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        HEADER,
        "a,9,0,minimal,true,0",
        "b,9,14,moderate,true,1",
        "c,8,,,false,1",
        "d,0,,,false,",
        "e,1,,,false,2",
        "f,8,,,false,",
    ]
    assert result.stderr == "6 rows: 2 complete, 4 incomplete, 0 rejected.\n"


def test_a_row_that_cannot_be_right_is_left_out_and_named(tmp_path: Path) -> None:
    path = phq9_file(
        tmp_path,
        "a,0,0,0,0,0,0,0,0,0,",
        "b,0,0,0,0,0,0,0,0,4,",
        "c,0,1.5,0,0,0,0,0,0,0,",
        "d,0,0,0,0",
        "e,0,0,true,0,0,0,0,0,0,",
    )
    result = run("phq9", path, "--id", "id", "--items", PHQ9_COLUMNS)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [HEADER, "a,9,0,minimal,true,0"]
    assert result.stderr.splitlines() == [
        "Rejected row 3 (id b), column q9, value '4': phq9 item 9 takes one of 0, 1, 2, 3.",
        f"Rejected row 4 (id c), column q2, value '1.5': {NO_WHOLE_NUMBER}",
        "Rejected row 5: has 5 cells where the header has 11.",
        f"Rejected row 6 (id e), column q3, value 'true': {NO_WHOLE_NUMBER}",
        "5 rows: 1 complete, 0 incomplete, 4 rejected.",
    ]


def test_no_severity_without_bands_and_item9_of_the_phq9_only(tmp_path: Path) -> None:
    path = tmp_path / "pulse.csv"
    path.write_text("who;i;m;n;w\na;1;2;3;0\n", encoding="utf-8")
    result = run("pulse", path, "--id", "who", "--items", "i,m,n,w")
    assert result.stdout.splitlines() == [HEADER, "a,4,6,,true,"]


def test_without_an_id_a_row_is_known_by_its_line(tmp_path: Path) -> None:
    path = phq9_file(tmp_path, "a,1,1,1,1,1,1,1,1,1,")
    result = run("phq9", path, "--items", PHQ9_COLUMNS)
    assert result.stdout.splitlines()[1] == "2,9,9,mild,true,1"


def test_labels_stand_for_values(tmp_path: Path) -> None:
    labels = tmp_path / "labels.toml"
    labels.write_text('[values]\n"Not at all" = 0\n"Several days" = 1\n', encoding="utf-8")
    path = phq9_file(tmp_path, "a," + "Several days," * 8 + "Not at all,")
    result = run("phq9", path, "--id", "id", "--items", PHQ9_COLUMNS, "--labels", labels)
    assert result.stdout.splitlines()[1] == "a,9,8,mild,true,0"


def test_scores_go_to_a_file(tmp_path: Path) -> None:
    path, out = phq9_file(tmp_path, "a,0,0,0,0,0,0,0,0,0,"), tmp_path / "scores.csv"
    result = run("phq9", path, "--id", "id", "--items", PHQ9_COLUMNS, "--out", out)
    assert (result.exit_code, result.stdout) == (0, "")
    assert out.read_text(encoding="utf-8") == f"{HEADER}\na,9,0,minimal,true,0\n"


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["phq10", "--items", PHQ9_COLUMNS], "There is no instrument phq10."),
        (["madrs", "--items", "q1"], "madrs has no scored items"),
        (["phq9", "--items", "q1,q2"], "phq9 has 9 scored items and needs one column for each"),
        (["phq9", "--items", f"{PHQ9_COLUMNS},q10"], "columns given: 10."),
        (["phq9", "--items", PHQ9_COLUMNS.replace("q9", "q8")], "A column is named for two items."),
        (["phq9", "--items", PHQ9_COLUMNS.replace("q9", "Q9")], "has no column Q9."),
        (["phq9", "--items", PHQ9_COLUMNS, "--id", "who"], "has no column who."),
    ],
)
def test_a_wrong_request_is_one_sentence_and_changes_no_file(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    path, out = phq9_file(tmp_path, "a,0,0,0,0,0,0,0,0,0,"), tmp_path / "scores.csv"
    out.write_text("earlier scores", encoding="utf-8")
    result = run(arguments[0], path, *arguments[1:], "--out", out)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert out.read_text(encoding="utf-8") == "earlier scores"


def test_the_file_that_is_read_is_never_written_over(tmp_path: Path) -> None:
    path = phq9_file(tmp_path, "a,0,0,0,0,0,0,0,0,0,")
    before = path.read_bytes()
    result = run("phq9", path, "--items", PHQ9_COLUMNS, "--out", path)
    assert (result.exit_code, path.read_bytes()) == (1, before)
    assert "--out is the file that is read." in result.stderr


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    path = phq9_file(tmp_path, "a,0,0,0,0,0,0,0,0,0,")
    result = run("phq9", path, "--items", PHQ9_COLUMNS, "--out", tmp_path / "none" / "scores.csv")
    assert result.exit_code == 1
    assert "scores.csv cannot be written: No such file or directory." in result.stderr
