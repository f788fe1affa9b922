"""A file of an instrument that contradicts itself is refused, and the sentence says where."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from mindspa.domain.errors import InvalidDefinition
from mindspa.storage.definition_files.instruments import load_instrument, load_instruments

SOUND = """\
id = "form"
version = "1"
kind = "standard"
better = "lower"
languages = ["en", "es"]
recall = "P7D"
range = [0, 4]
safety_item = "2"

title = { en = "A form", es = "Un formulario" }
short_name = { en = "Form", es = "Formulario" }
recall_label = { en = "past week", es = "última semana" }

[provenance]
source = "A paper"
permission = "Free"
notice = "None"
reviewed_by = "A clinician"
reviewed_on = 2026-01-31

[codes]
panel = "1-1"
total = "1-2"

[[bands]]
from = 0
severity = "low"
label = { en = "Low", es = "Baja" }

[[bands]]
from = 2
severity = "high"
label = { en = "High", es = "Alta" }

[[cut_offs]]
id = "screening"
from = 3
label = { en = "3 or more", es = "3 o más" }
source = "A paper"

[[sub_scores]]
id = "part"
label = { en = "Part", es = "Parte" }
items = ["1"]

[options]
extent = [
    { value = 0, text = { en = "No", es = "No" }, code = "A" },
    { value = 2, text = { en = "Yes", es = "Sí" }, code = "B" },
]

[[items]]
id = "1"
text = { en = "First?", es = "¿Primero?" }
short = { en = "First", es = "Primero" }
options = "extent"
code = "2-1"

[[items]]
id = "2"
text = { en = "Second?", es = "¿Segundo?" }
short = { en = "Second", es = "Segundo" }
options = "extent"
code = "2-2"

[[worked_examples]]
answers = [2, 0]
total = 2
severity = "high"
sub_scores = { part = 2 }

[[worked_examples]]
answers = [0, 0]
total = 0
severity = "low"

[[worked_examples]]
answers = ["-", 0]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "form.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_sound_file_loads_with_every_language(tmp_path: Path) -> None:
    form = load_instrument(written(tmp_path, SOUND))
    assert form.recall == timedelta(days=7)
    assert form.title == {"en": "A form", "es": "Un formulario"}
    assert form.item("2").options[1].text["es"] == "Sí"
    assert form.provenance.reviewed_on == date(2026, 1, 31)
    assert form.language_for("es") == "es"


@pytest.mark.parametrize(
    "find, put, sentence",
    [
        # the file as a whole
        ('id = "form"', 'id = "other"', "form.toml: id is 'other'; it must be the file's name"),
        ('version = "1"', "", "form.toml: version is missing."),
        ('version = "1"', "version = 1", "form.toml: version must be text."),
        ('version = "1"', 'version = " "', "form.toml: version is empty."),
        ('version = "1"', 'version = "1"\nverson = "2"', "form.toml: unknown key verson."),
        ('version = "1"', "version", "form.toml is not valid TOML"),
        ('kind = "standard"', 'kind = "quiz"', "form.toml: kind 'quiz' is none of standard, pulse"),
        ('languages = ["en", "es"]', "languages = []", "form.toml: languages names no language."),
        ('better = "lower"', 'better = "higher"', "where higher is better are not supported."),
        ('better = "lower"', "", "form.toml: better is missing."),
        # provenance and recall
        ('source = "A paper"\nperm', "perm", "form.toml, provenance: source is missing."),
        ('permission = "Free"', "", "form.toml, provenance: permission is missing."),
        ("reviewed_on = 2026-01-31", "", "provenance: a review needs both"),
        ("reviewed_on = 2026-01-31", 'reviewed_on = "2026"', "reviewed_on must be a date."),
        ('recall = "P7D"', "", "form.toml: recall is missing."),
        ('recall = "P7D"', 'recall = "7 days"', "recall '7 days' must look like P14D"),
        ('recall = "P7D"', 'recall = "P0D"', "recall 'P0D' must look like P14D"),
        # languages
        (', es = "Un formulario"', "", "form.toml, title: es is missing."),
        (', es = "¿Primero?"', "", "form.toml, items 1, text: es is missing."),
        ('es = "¿Primero?"', 'es = "¿Primero?", fr = "Un"', "items 1, text: unknown key fr."),
        (', es = "Sí"', "", "form.toml, options, extent 2, text: es is missing."),
        # bands
        ("from = 2", "from = 0", "the band from 0 must start above the one before it."),
        ("from = 0", "from = 1", "the first band must start at 0"),
        (
            '[[bands]]\nfrom = 2\nseverity = "high"\nlabel = { en = "High", es = "Alta" }\n',
            "",
            "a single band says nothing",
        ),
        ("from = 2", "from = 1", "worked example at 1, where a band starts, is missing."),
        ("from = 2", "from = 5", "the band from 5 starts above the highest total, 4."),
        ("from = 2", "from = 2\nto = 4", "form.toml, bands high: unknown key to."),
        ("from = 2", "from = 2.5", "form.toml, bands high: from must be a whole number."),
        ("from = 2", "from = true", "form.toml, bands high: from must be a whole number."),
        ('severity = "high"\nlabel', 'severity = "low"\nlabel', "severity low stands there twice."),
        ("from = 3", "from = 5", "cut-off screening is outside the range 0-4."),
        (
            'source = "A paper"\n\n[[sub',
            "[[sub",
            "form.toml, cut_offs screening: source is missing.",
        ),
        # range, options and items
        ("range = [0, 4]", "range = [0, 5]", "range is 0-5, but the items add up to 0-4."),
        ("range = [0, 4]", "range = [4, 0]", "range must be the lowest and the highest total"),
        ("range = [0, 4]", "", "range must be the lowest and the highest total"),
        ("value = 2", "value = 0", "form.toml, options: value in extent 0 stands there twice."),
        ("value = 2", "value = -2", "form.toml, options: the values of extent must rise."),
        ('code = "B"', 'code = "A"', "form.toml, options: code in extent A stands there twice."),
        ('id = "2"', 'id = "1"', "form.toml: item 1 stands there twice."),
        ('code = "2-2"', 'code = "2-1"', "form.toml: item code 2-1 stands there twice."),
        ('total = "1-2"', 'total = "1-1"', "form.toml, codes: code 1-1 stands there twice."),
        (
            'options = "extent"\ncode = "2-2"',
            'options = "often"',
            "form.toml, items 2: options names 'often', which this file does not list.",
        ),
        ('code = "2-2"', "scored = 1", "form.toml, items 2: scored must be true or false."),
        ('code = "2-2"', 'variants = ["after"]', "item 2 is scored, so it must always be asked."),
        (
            'code = "2-2"',
            'scored = false\nasked_if_any_above_zero = ["3"]',
            "item 2 depends on '3', which is no earlier item.",
        ),
        ('safety_item = "2"', 'safety_item = "9"', "form.toml: safety_item '9' is no item."),
        ('items = ["1"]', 'items = ["3"]', "sub_scores part: items must name scored items; 3 is"),
        ('items = ["1"]', 'items = ["1", "1"]', "sub_scores part: item 1 stands there twice."),
        ('items = ["1"]', 'items = ["1"]\nsymptom_from = 2', "symptoms_needed belong together."),
        # scoring
        ("range = [0, 4]", 'range = [0, 4]\nalgorithm = "x"', "algorithm 'x' is none of phq9_"),
        ("range = [0, 4]", "range = [0, 4]\nprorate_missing = 2", "prorate_missing must be less"),
        (
            "total = 2",
            "total = 3",
            "worked_examples number 1: total is given as 3, but scoring gives",
        ),
        ("total = 2", "", "total is given as None, but scoring gives 2."),
        ('answers = ["-", 0]', 'answers = ["-", 0]\ntotal = 0', "total is given as 0, but scoring"),
        (
            'severity = "high"\nsub',
            'severity = "low"\nsub',
            "severity is given as low, but scoring gives high.",
        ),
        ("part = 2", "part = 1", "sub-score part is given as 1, but scoring gives 2."),
        ("answers = [2, 0]", "answers = [2, 1]", "number 1: form item 2 takes one of 0, 2."),
        ("answers = [2, 0]", "answers = [2, 0, 0]", "answers has 3 of 2 scored items."),
    ],
)
def test_a_contradiction_is_named_with_its_place(
    tmp_path: Path, find: str, put: str, sentence: str
) -> None:
    assert find in SOUND
    with pytest.raises(InvalidDefinition) as caught:
        load_instrument(written(tmp_path, SOUND.replace(find, put, 1)))
    assert sentence in str(caught.value)


def test_worked_examples_are_not_optional(tmp_path: Path) -> None:
    text = SOUND[: SOUND.index("[[worked_examples]]")]
    with pytest.raises(InvalidDefinition, match=r"form\.toml: worked_examples is missing"):
        load_instrument(written(tmp_path, text))


@pytest.mark.parametrize("extra", ["[[bands]]", "[[cut_offs]]", "[codes]"])
def test_a_pulse_takes_no_bands_cut_offs_or_codes(tmp_path: Path, extra: str) -> None:
    parts = SOUND.replace('"standard"', '"pulse"').split("\n\n")
    kept = [part for part in parts if not part.startswith(("[[bands]]", "[[cut_offs]]", "[codes]"))]
    kept += [part for part in parts if part.startswith(extra)]
    text = "\n\n".join(kept).replace('severity = "high"\nsub', "sub")
    with pytest.raises(InvalidDefinition, match="a pulse is not a validated scale"):
        load_instrument(written(tmp_path, text))


def test_a_screen_has_no_range(tmp_path: Path) -> None:
    with pytest.raises(InvalidDefinition, match="a screen has no total, so it has no range"):
        load_instrument(written(tmp_path, SOUND.replace('"standard"', '"screen"')))


def test_an_entered_total_has_no_scored_items(tmp_path: Path) -> None:
    with pytest.raises(InvalidDefinition, match="kind entered_total has no scored items"):
        load_instrument(written(tmp_path, SOUND.replace('"standard"', '"entered_total"')))


def test_a_folder_without_instruments_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidDefinition, match="the folder holds no instrument files"):
        load_instruments(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidDefinition, match=r"form\.toml is missing from"):
        load_instrument(tmp_path / "form.toml")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(InvalidDefinition, match=r"^folder\.toml cannot be read: Is a directory\.$"):
        load_instruments(tmp_path)


def test_a_binary_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "form.toml").write_bytes(b"\x00\xff\xfe")
    with pytest.raises(InvalidDefinition, match=r"^form\.toml is not UTF-8 text\."):
        load_instruments(tmp_path)


SCREEN = """\
id = "form"
version = "1"
kind = "screen"
better = "lower"
languages = ["en"]
recall = "none"
staff_only = true
title.en = "A screen"
short_name.en = "Screen"
recall_label.en = "past weeks"

[provenance]
source = "A paper"
permission = "Free"
notice = "None"
reviewed_by = "A clinician"
reviewed_on = 2026-01-31

[script]
responder = "A clinician"
before.en = "Say why."
negative.en = "Nothing."
positive.en = "Something."
unfinished.en = "Go on."
acute.en = "At once."

[options]
answer = [{ value = 0, text.en = "No" }, { value = 1, text.en = "Yes" }]

[[items]]
id = "1"
text.en = "First?"
short.en = "First"
options = "answer"
scored = false
"""


def test_a_screen_that_staff_ask_is_in_force_once_it_is_signed(tmp_path: Path) -> None:
    form = load_instrument(written(tmp_path, SCREEN))
    assert form.enabled
    assert form.script is not None
    assert form.script.responder == "A clinician"


@pytest.mark.parametrize(
    ("find", "put", "sentence"),
    [
        ('reviewed_by = "A clinician"\nreviewed_on = 2026-01-31\n', "", "signs it first"),
        ('responder = "A clinician"', 'responder = ""', "names no responder"),
        ('responder = "A clinician"', "", "names no responder"),
        ('acute.en = "At once."\n', "", "script: acute is missing"),
        ("staff_only = true", "staff_only = false", "a script is for a screen that staff ask"),
    ],
)
def test_in_force_without_what_it_needs_it_is_refused(
    tmp_path: Path, find: str, put: str, sentence: str
) -> None:
    assert SCREEN.count(find) == 1
    with pytest.raises(InvalidDefinition, match=sentence):
        load_instrument(written(tmp_path, SCREEN.replace(find, put)))


def test_one_that_is_off_needs_no_signature(tmp_path: Path) -> None:
    off = SCREEN.replace("staff_only = true", "staff_only = true\nenabled = false")
    off = off.replace('reviewed_by = "A clinician"\nreviewed_on = 2026-01-31\n', "")
    assert not load_instrument(written(tmp_path, off.replace('"A clinician"', '""'))).enabled
