"""The main job in a real browser: a patient checks in after an infusion, the care team reviews it,
and a clinician sees it on the timeline. Every step is looked up in the database file as well."""

import json
import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from mindspa.services.demo_accounts import CARE_TEAM, CLINICIAN, DUE_NOW
from mindspa.settings import PROJECT_ROOT
from tests import program
from tests.browser.chromium import Colours, Person, choose, figures, pick, question, settled
from tests.browser.conftest import Serve, Served, Visit

pytestmark = pytest.mark.browser

NEW_YORK = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)
CALM = (
    "A little of the time",
    "None of the time",
    "A little of the time",
    "None of the time",
    "Much better",
    "None",
    "No",
    "No, thank you",
)
STORED = {
    "interest": 1,
    "low_mood": 0,
    "nervous": 1,
    "worry": 0,
    "change": 2,
    "side_effects": 0,
    "safety": 0,
    "call": 0,
}
TOTAL = 2
NOTE = "Slept well, a little dizzy on the way home."


def instant(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def patient_of(served: Served, login: str) -> str:
    return str(served.one("SELECT patient_id FROM people WHERE login = ?", login))


def last_infusion(served: Served, patient_id: str) -> tuple[str, datetime]:
    """Its id and its end: the planned one, an hour after the start, where none was recorded."""
    infusion, ended, planned = served.rows(
        "SELECT id, ended_at, planned_at FROM infusions WHERE patient_id = ? AND status = 'given' "
        "ORDER BY planned_at DESC LIMIT 1",
        patient_id,
    )[0]
    return infusion, instant(ended) if ended else instant(planned) + HOUR


# --- The steps -----------------------------------------------------------------------------------


def answer_with_a_reload_half_way(page: Page, served: Served, patient_id: str) -> str:
    """From Today to the receipt; returns the id of the check-in."""
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    page.get_by_role("button", name="Start the check-in").click()
    expect(question(page, 8)).to_be_visible()
    for number in range(1, 5):
        choose(page, number, CALM[number - 1])
    expect(page.get_by_text("4 of 8 answered, saved")).to_be_visible()
    check_in_id = page.url.partition("?id=")[2]
    given = "SELECT item, value FROM given_answers WHERE check_in_id = ?"
    first_four = {item: STORED[item] for item in ("interest", "low_mood", "nervous", "worry")}
    assert dict(served.rows(given, check_in_id)) == first_four
    page.reload()
    expect(question(page, 8)).to_be_visible()
    settled(page)
    for number in range(1, 5):
        option = question(page, number).get_by_role("radio", name=CALM[number - 1], exact=True)
        expect(option).to_be_checked()
    expect(page.get_by_text("4 of 8 answered, saved")).to_be_visible()
    for number in range(5, 9):
        choose(page, number, CALM[number - 1])
    expect(page.get_by_text("8 of 8 answered, saved")).to_be_visible()
    note = page.get_by_role("textbox", name="Is there anything you would like to add?")
    note.fill(NOTE)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Your answers are saved.")).to_be_visible()
    expect(page.get_by_text("Your next check-in")).to_be_visible()
    assert served.rows("SELECT state, note FROM check_ins WHERE id = ?", check_in_id) == [
        ("sent", NOTE)
    ]
    ((instrument, answers, total, patient),) = served.rows(
        "SELECT instrument, answers, total, patient_id FROM stored_forms WHERE check_in_id = ?",
        check_in_id,
    )
    assert (instrument, json.loads(answers), total) == ("pulse", STORED, TOTAL)
    assert patient == patient_id
    return check_in_id


def cells(page: Page, who: str, since_end: str) -> Mapping[str, str]:
    """A row of the list, by heading: what the grid tells a screen reader."""
    grid = page.get_by_test_id("stDataFrame").first
    row = grid.locator("tr").filter(has_text=who).filter(has_text=since_end)
    row.wait_for(state="attached")
    headings = grid.locator("th").all_text_contents()
    return dict(zip(headings, row.locator("td").all_text_contents(), strict=True))


def mark_reviewed(page: Page, served: Served, infusion_id: str, form_id: str, row: str) -> None:
    """The row is open."""
    expect(page.get_by_text(NOTE)).to_be_visible()
    pick(page, "What came of it", "No action needed")
    page.get_by_role("textbox", name="Note (optional)").fill("Doing well.")
    page.get_by_role("button", name="Mark reviewed").click()
    expect(page.get_by_text("Marked reviewed.").first).to_be_visible()
    ((disposition, note, seen),) = served.rows(
        "SELECT disposition, note, seen_form_ids FROM follow_up_reviews WHERE infusion_id = ?",
        infusion_id,
    )
    assert (disposition, note) == ("no_action", "Doing well.")
    assert form_id in json.loads(seen)
    picker = page.get_by_role("combobox", name="Open a row")
    if picker.count():
        picker.fill(row)
        expect(page.get_by_role("option").filter(has_text=row)).to_have_count(0)


def figure_equals_rows(page: Page, served: Served, patient_id: str, names: set[str]) -> None:
    """The points of each score, in the patient's order, are the rows that lie in the picture."""
    settled(page)
    (figure,) = figures(page)
    drawn = {trace["name"]: trace for trace in figure["traces"]}
    assert names <= drawn.keys()
    for name in names:
        trace = drawn[name]
        points = [
            (datetime.fromisoformat(x), y)
            for x, y in zip(trace["x"], trace["y"], strict=True)
            if x is not None
        ]
        rows = [
            (instant(at).astimezone(NEW_YORK).replace(tzinfo=None), total)
            for at, total in served.rows(
                "SELECT answered_at, total FROM stored_forms WHERE patient_id = ? "
                "AND instrument = ? AND total IS NOT NULL ORDER BY answered_at",
                patient_id,
                name,
            )
        ]
        assert points
        assert points == [row for row in rows if row[0] >= points[0][0]]


# --- On the demo clinic --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "phone, colours", [(True, "dark"), (False, "light")], ids=["phone-dark", "desktop-light"]
)
def test_on_the_demo_clinic(
    demo_file: Path, tmp_path: Path, serve: Serve, visit: Visit, phone: bool, colours: Colours
) -> None:
    database = tmp_path / "clinic.db"
    shutil.copy(demo_file, database)
    patient_id = patient_of(Served("", database), DUE_NOW.login)
    infusion_id, ended_at = last_infusion(Served("", database), patient_id)
    served = serve(database, at=ended_at + 30 * HOUR)

    def person() -> Person:
        return visit(served, phone=phone, colours=colours)

    row = f"{DUE_NOW.name}: infusion 3"
    care = person().sign_in(CARE_TEAM.login, CARE_TEAM.password, path="/follow_up")
    expect(care.get_by_role("heading", name="Follow-up")).to_be_visible()
    pick(care, "Open a row", row)
    expect(care.get_by_text("Last answer: −")).to_be_visible()  # before the infusion

    patient = person().sign_in(DUE_NOW.login, DUE_NOW.password)
    check_in_id = answer_with_a_reload_half_way(patient, served, patient_id)
    ((form_id, answered_at),) = served.rows(
        "SELECT id, answered_at FROM stored_forms WHERE check_in_id = ?", check_in_id
    )
    assert 30 * HOUR <= instant(answered_at) - ended_at < 30.1 * HOUR

    care.reload()
    pick(care, "Open a row", row)
    expect(care.get_by_text("Last answer: +30 h")).to_be_visible()
    expect(care.get_by_role("cell", name=f"{TOTAL} of 12")).to_be_visible()
    mark_reviewed(care, served, infusion_id, form_id, row)

    clinician = person().sign_in(CLINICIAN.login, CLINICIAN.password, path="/patients")
    expect(clinician.get_by_role("heading", name="Patients")).to_be_visible()
    pick(clinician, "Open a patient", DUE_NOW.name)
    expect(clinician.get_by_role("heading", name=DUE_NOW.name)).to_be_visible()
    figure_equals_rows(clinician, served, patient_id, {"phq9", "gad7", "pulse"})


# --- On an empty clinic --------------------------------------------------------------------------

SATURDAY = datetime(2026, 6, 6, 23, 0, tzinfo=UTC)  # 30 h after the end that Friday noon implies
MONDAY = datetime(2026, 6, 8, 13, 0, tzinfo=UTC)  # 9 am in New York
OWN_PASSWORD = "quiet harbour at first light"


class EmptyClinic:
    """Made by the two commands alone. Each account has the password that was printed for it."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.passwords: dict[str, str] = {}
        clinic = ("--clinic-name", "Example Clinic", "--zone", "America/New_York")
        self.add("ada", "administrator", *clinic, "--country", "US")
        data = PROJECT_ROOT / "tests" / "data"
        said = self.run("import", str(data / "week.csv"), "--mapping", str(data / "week.toml"))
        assert "Forms: 6 stored" in said
        assert "Infusions: 5 stored" in said
        self.add("cleo", "clinician")
        self.add("noor", "care_team")
        self.add("pat", "patient", "--patient", "101")

    def run(self, *arguments: str) -> str:
        return program.run(*arguments, at=SATURDAY.isoformat(), database=self.database)

    def add(self, login: str, role: str, *more: str) -> None:
        said = self.run(
            "user", "add", "--login", login, "--name", login.title(), "--role", role, *more
        )
        found = re.search(r"^Password: (.+)$", said, re.MULTILINE)
        assert found
        self.passwords[login] = found[1]

    def first_sign_in(self, person: Person, login: str, path: str) -> Page:
        """The printed password is good for one thing: choosing an own one."""
        page = person.sign_in(login, self.passwords[login], path=path)
        page.get_by_label("New password", exact=True).wait_for()
        for label, text in (
            ("Current password", self.passwords[login]),
            ("New password", OWN_PASSWORD),
            ("New password again", OWN_PASSWORD),
        ):
            page.get_by_label(label, exact=True).fill(text)
        page.get_by_role("button", name="Change").click()
        page.wait_for_url(lambda url: "changed" in url)
        page.goto(person.address + path)
        settled(page)
        return page


def test_on_an_empty_clinic(tmp_path: Path, serve: Serve, visit: Visit) -> None:
    """Infusions on Monday, Wednesday and Friday. Friday's is seen on Monday, with a check-in of
    Saturday and none before the infusion."""
    database = tmp_path / "clinic.db"
    clinic = EmptyClinic(database)
    served = serve(database, at=SATURDAY)
    patient_id = patient_of(served, "pat")
    infusion_id, ended_at = last_infusion(served, patient_id)
    assert ended_at.astimezone(NEW_YORK).strftime("%A") == "Friday"
    page = clinic.first_sign_in(visit(served, phone=True), "pat", "/today")
    check_in_id = answer_with_a_reload_half_way(page, served, patient_id)
    ((form_id, answered_at),) = served.rows(
        "SELECT id, answered_at FROM stored_forms WHERE check_in_id = ?", check_in_id
    )
    assert 30 * HOUR <= instant(answered_at) - ended_at < 30.1 * HOUR

    served = serve(database, at=MONDAY)
    care = clinic.first_sign_in(visit(served, colours="dark"), "noor", "/follow_up")
    friday = cells(care, "Person 101", "68 h")
    assert friday["Before"] == "not answered"
    assert friday["24 h"] == f"{TOTAL} of 12"
    assert friday["48 h"] == "not answered"
    assert friday["72 h"].startswith("open until Tue")
    row = "Person 101 (example week): infusion 3"
    pick(care, "Open a row", row)
    mark_reviewed(care, served, infusion_id, form_id, row)
    clinician = clinic.first_sign_in(visit(served, colours="dark"), "cleo", "/patients")
    pick(clinician, "Open a patient", "Person 101")
    expect(clinician.get_by_role("heading", name="Person 101")).to_be_visible()
    figure_equals_rows(clinician, served, patient_id, {"phq9", "gad7", "pulse"})
