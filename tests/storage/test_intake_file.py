"""The file of the new-patient forms: what ships is sound, a contradiction is named by place."""

from pathlib import Path

import pytest

from mindspa.domain.errors import InvalidDefinition
from mindspa.settings import DATA_FOLDER
from mindspa.storage.definition_files.intake import load_intake
from tests.storage.test_rules_file import altered

INTAKE = DATA_FOLDER / "intake.toml"


def test_what_ships() -> None:
    rules = load_intake(INTAKE)
    assert rules.reviewed_by is None
    assert [section.id for section in rules.sections] == [
        "reasons", "trials", "treatments", "history", "emergency", "consent",
    ]  # fmt: skip
    told = {field.indication for field in rules.fields.values()} - {None}
    assert told == {"depression", "ptsd", "anxiety", "suicidal_thoughts"}
    assert [field.id for field in rules.fields.values() if field.safety] == ["reason_suicidal"]
    assert rules.trials.criterion == 2
    assert rules.trials.failed == {"helped_some", "no_help"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "tick"', 'kind = "tock"', "kind must be"),
        ('kind = "tick"', 'kind = "one_of"', "kind must be"),
        ('id = "reason_ptsd"', 'id = "reason_depression"', "reason_depression stands twice"),
        ('id = "reason_ptsd"', 'id = "Reason"', "small letters"),
        ('id = "reason_ptsd"', 'id = "trial1_name"', "name of one of the trials"),
        ('id = "history"', 'id = "treatments"', "treatments stands twice"),
        ('id = "trials"\n', 'id = "tried"\n', "a section needs fields"),
        ("safety = true", "", "no field has safety"),
        ('kind = "consent"\nversion = "1"', 'kind = "consent"', "a consent has a version"),
        ('kind = "lines"', 'kind = "lines"\nversion = "1"', "a consent has a version"),
        ('kind = "lines"', 'kind = "lines"\nindication = "ptsd"', "are for a tick"),
        ('kind = "lines"', 'kind = "lines"\ncontraindication = true', "is for a choice"),
        ("criterion = 2", "criterion = 0", "criterion is from 1 to most"),
        ("criterion = 2", "criterion = 9", "criterion is from 1 to most"),
        ("most = 8", "most = 80", "at most 20"),
        ('{ id = "helped_some"', '{ id = "helped"', "it stands twice"),
        ("failed = true", "failed = 1", "failed must be true or false"),
        ('version = "1"', "", "version is missing"),
        ('version = "1"', 'version = "1"\ncolour = "red"', "unknown key colour"),
    ],
)
def test_a_contradiction_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(InvalidDefinition, match=said) as refused:
        load_intake(altered(INTAKE, tmp_path, old, new))
    assert str(refused.value).startswith("intake.toml")
