"""Names, notes and search words with scripts and Markdown in them are shown as written."""

import re

import pytest
from markdown_it import MarkdownIt

from tests.attack import pair
from tests.attack.conftest import OpenTab, Target, Visit
from tests.attack.pair import BAIT, SCRIPT
from tests.client import Drawn

CLINICIAN = "clinician@north.example"

# What Streamlit reads Markdown in, by kind of element and field. In `text`, in the cells of tables
# and in the options of a list it reads none. A name in an element of another kind fails the tests.
MARKDOWN_IN = {
    "markdown": ("body", "help"),
    "heading": ("body", "help"),
    "alert": ("body",),
    "toast": ("body",),
    "radio": ("label", "help", "options", "captions"),
    "selectbox": ("label", "help"),
    "text_area": ("label", "help"),
    "text_input": ("label", "help"),
    "button": ("label", "help"),
    "button_group": ("label", "help"),
    "date_input": ("label", "help"),
    "time_input": ("label", "help"),
    "number_input": ("label", "help"),
    "checkbox": ("label", "help"),
    "link_button": ("label", "help"),
    "page_link": ("label", "help"),
    "progress": ("text",),
}
# What else may hold a name, and shows it as text.
AS_TEXT = {"text", "dataframe", "table"}
OUR_TAGS = {"p", "ul", "li", "strong", "br"}  # of our own sentences around a name

# What Streamlit adds to Markdown: colours and symbols between colons, formulas, addresses.
ADDED = re.compile(r"(?<!\\):[a-z]+\[|(?<!\\)\$|(?<!\\):material/|\bwww\.|(?<![\\:])://")


MARKS = [pair.mark(name) for name in ("ana", "ben", "sam", "north", "south")]


def names_in(drawn: Drawn) -> bool:
    said = str(drawn.element)
    return any(mark in said for mark in MARKS)


def shown_as_written(drawn: Drawn) -> None:
    """By a reader of Markdown that is not Streamlit's, which lets HTML through."""
    assert drawn.kind in MARKDOWN_IN.keys() | AS_TEXT, drawn.kind
    for name in MARKDOWN_IN.get(drawn.kind, ()):
        value = getattr(drawn.content, name, "")
        for text in [value] if isinstance(value, str) else value:
            html = MarkdownIt("commonmark", {"html": True}).render(text)
            assert set(re.findall(r"<(\w+)", html)) <= OUR_TAGS, html
            assert "<strong>loud" not in html
            assert not ADDED.search(text), text


PAGES = [
    (CLINICIAN, "follow_up"),
    (CLINICIAN, "patients"),
    (CLINICIAN, "patient"),
    (CLINICIAN, "infusion_day"),
    (CLINICIAN, "account"),
    ("care_team@north.example", "follow_up"),
    ("ana", "today"),
    ("ana", "check_in"),
    ("ana", "my_progress"),
    ("ana", "my_plan"),
    ("ana", "about_treatment"),
    ("ana", "account"),
]
# Where no name stands: a person knows their own.
NAMELESS = {"today", "check_in", "my_progress", "my_plan", "about_treatment"}


@pytest.mark.parametrize(("login", "page"), PAGES)
def test_on_every_page(target: Target, tab: OpenTab, login: str, page: str) -> None:
    ana, ben = target.pair["ana"], target.pair["ben"]
    shown = ana.sent_id if login == "ana" else ben.patient_id
    if page == "infusion_day":
        ((shown,), *_) = target.rows("SELECT id FROM infusions WHERE patient_id = ?", shown)
    opened = tab(target.pair[login], page, id=shown)
    for part in list(opened.expanders):
        opened.expand(part)
    if page == "follow_up":  # with the note that the patient sent
        rows = opened.one("selectbox", "Open a row").content.options
        opened.set("selectbox", "Open a row", next(row for row in rows if pair.mark("ben") in row))
        assert BAIT in "\n".join(text.content.body for text in opened.all("text"))
    named = [drawn for drawn in opened.drawn.values() if names_in(drawn)]
    assert bool(named) is (page not in NAMELESS)
    for drawn in named:
        shown_as_written(drawn)


def test_in_the_own_note_of_an_open_check_in(target: Target, tab: OpenTab) -> None:
    """It comes back into its field, where nothing is read into it."""
    ana = target.pair["ana"]
    target.change("UPDATE check_ins SET note = ? WHERE id = ?", BAIT, ana.open_id)
    opened = tab(ana, "check_in", id=ana.open_id)
    holding = [drawn.kind for drawn in opened.drawn.values() if SCRIPT in str(drawn.element)]
    assert holding == ["text_area"]


def test_in_what_is_searched_for(target: Target, tab: OpenTab) -> None:
    """It is in its own field alone."""
    opened = tab(target.pair[CLINICIAN], "patients")
    opened.set("text_input", "Search by name", f"nobody {BAIT}")
    said = [drawn.content.body for drawn in opened.all("alert")]
    assert [text for text in said if " open alert" not in text] == [
        "Nobody like that. Change or clear the search, or show everybody."
    ]
    assert "bait" not in opened.words()


def test_in_the_address(target: Target, tab: OpenTab) -> None:
    """A link that somebody was sent: nothing of it is drawn."""
    for login, page in ((CLINICIAN, "patient"), ("ana", "check_in")):
        opened = tab(target.pair[login], page, id=BAIT, other=BAIT)
        assert "hit()" not in opened.words()
        assert "bait" not in opened.words()


def test_signed_out_in_the_address(target: Target, tab: OpenTab) -> None:
    """What leads back after signing in is made of the address, and is the only HTML that is."""
    opened = tab(target.pair["ana"], "today")
    target.change("UPDATE sessions SET ended_at = 0")
    state = opened.state()
    state.query_string = f'id="><script>hit()</script>{BAIT}'
    state.context_info.url = f'{target.address}/today"><script>hit()</script>'
    opened.forge(state)
    (link,) = [html.content.body for html in opened.all("html") if "sign-in" in html.content.body]
    assert set(re.findall(r"<(\w+)", link)) == {"p", "a"}
    assert re.findall(r'href="([^"]*)"', link)[1:] == ["/help"]


@pytest.mark.parametrize("path", ["/sign-in", "/help", "/password", "/second-factor"])
def test_on_the_plain_pages(target: Target, visit: Visit, path: str) -> None:
    """Of the clinic and the account, and of what was asked for."""
    for column in ("name", "phone", "hours"):
        target.change(f"UPDATE clinics SET {column} = ?", f"{column} {BAIT}")  # noqa: S608
    target.change("UPDATE people SET login = ? WHERE login = 'ana'", f"ana{SCRIPT}")
    browser = visit(None if path == "/sign-in" else target.pair["ana"])
    asked = browser.http.get(path, params={"next": f"/x{SCRIPT}", "country": SCRIPT})
    sent = browser.http.post("/sign-in", data={"login": f"x{SCRIPT}", "password": "a guess"})
    for answer in (asked, sent):
        assert "<script" not in answer.text
        assert "<img" not in answer.text
    if path in ("/help", "/password"):
        assert "&lt;script&gt;" in asked.text  # it is there, as text
