"""The pictures of the documents, always of the same demo clinic: `make screenshots`."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from mindspa.domain.access import Role
from mindspa.services.demo_accounts import (
    ADMINISTRATOR,
    CARE_TEAM,
    CLINICIAN,
    DUE_NOW,
    MID_COURSE,
    DemoAccount,
)
from mindspa.storage.types import since_epoch
from tests import program
from tests.browser.chromium import (
    Colours,
    Person,
    choose,
    chromium,
    figures,
    pick,
    question,
    settled,
)
from tests.browser.conftest import Served
from tests.browser.tours.care_team import clinic_tablets
from tests.browser.tours.steps import Places

LARGEST = 200_000  # bytes of a picture in the repository
TABLET: ViewportSize = {"width": 1024, "height": 768}
MARGIN = 24  # pixels below the last thing in a picture


class Photographer:
    """Takes each picture of a page as somebody sees it who has signed in."""

    def __init__(self, browser: Browser, served: Served, folder: Path) -> None:
        self.browser, self.served, self.folder = browser, served, folder

    @contextmanager
    def signed_in(
        self, account: DemoAccount, *, phone: bool = False, colours: Colours = "light"
    ) -> Iterator[Page]:
        person = Person.at(self.browser, self.served.address, phone=phone, colours=colours)
        page = person.sign_in(account.login, account.password)
        page.get_by_test_id("stMain").get_by_role("heading").first.wait_for()
        settled(page)
        yield page
        person.context.close()
        person.check()

    def go(self, page: Page, path: str) -> None:
        page.goto(self.served.address + path)
        page.get_by_test_id("stMain").get_by_role("heading").first.wait_for()
        settled(page)

    def take(self, page: Page, name: str, *, down_to: Locator | None = None) -> None:
        """What the window shows; or the page from its top down to something on it, since the page
        itself scrolls inside the window."""
        shown = page.viewport_size
        assert shown
        if down_to:
            box = down_to.bounding_box()
            assert box
            height = round(box["y"] + box["height"]) + MARGIN
            page.set_viewport_size({"width": shown["width"], "height": height})
            settled(page)
        page.mouse.move(0, 0)
        page.evaluate("document.activeElement.blur()")
        path = self.folder / f"{name}.png"
        page.screenshot(path=path, animations="disabled", caret="hide")
        page.set_viewport_size(shown)
        with Image.open(path) as picture:
            few = picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=128)
            few.save(path, optimize=True)
        size = path.stat().st_size
        assert size < LARGEST, f"{path} has {size} bytes"
        print(f"{path}: {size // 1000} kB")


def patient_pictures(at: Photographer) -> None:
    with at.signed_in(DUE_NOW, phone=True) as page:
        at.take(page, "today-phone")
        page.get_by_role("button", name="Start the check-in").click()
        expect(question(page, 8)).to_be_visible()
        choose(page, 1, "A little of the time")
        expect(page.get_by_text("1 of 8 answered, saved")).to_be_attached()
        page.get_by_test_id("stMain").evaluate("e => e.scrollTo(0, 0)")
        at.take(page, "check-in-phone")
        choose(page, 7, "Yes")
        help_panel = page.get_by_role("heading", name="Help is there now")
        expect(help_panel).to_be_visible()
        settled(page)
        question(page, 7).evaluate("e => e.scrollIntoView()")
        at.take(page, "help-phone")
    with at.signed_in(MID_COURSE, phone=True, colours="dark") as page:
        page.get_by_role("button", name="Tell us how you are now").click()
        expect(question(page, 8)).to_be_visible()
        answers = ("A little of the time", "None of the time") * 2
        rest = ("Much better", "None", "No", "No, thank you")
        for number, words in enumerate((*answers, *rest), start=1):
            choose(page, number, words)
        expect(page.get_by_text("8 of 8 answered, saved")).to_be_visible()
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_text("Your answers are saved.")).to_be_visible()
        settled(page)
        at.take(page, "receipt-phone-dark")
    with at.signed_in(MID_COURSE, phone=True) as page:
        at.go(page, "/my_progress")
        figures(page)
        at.take(page, "my-progress-phone", down_to=page.get_by_text("The same as a table"))


def staff_pictures(at: Photographer) -> None:
    patient_id = at.served.one("SELECT patient_id FROM people WHERE login = ?", MID_COURSE.login)
    looks: tuple[tuple[bool, Colours, str], ...] = (
        (False, "light", ""),
        (False, "dark", "-dark"),
        (True, "light", "-phone"),
    )
    for phone, colours, ending in looks:
        with at.signed_in(CARE_TEAM, phone=phone, colours=colours) as page:
            at.go(page, "/follow_up")
            page.get_by_test_id("stDataFrame").locator("tr").nth(1).wait_for(state="attached")
            at.take(page, f"follow-up{ending}")
        with at.signed_in(CLINICIAN, phone=phone, colours=colours) as page:
            at.go(page, "/patients")
            page.get_by_test_id("stDataFrame").locator("tr").nth(1).wait_for(state="attached")
            at.take(page, f"patients{ending}")
            at.go(page, f"/patient?id={patient_id}")
            figures(page)
            at.take(page, f"timeline{ending}", down_to=page.locator(".js-plotly-plot"))
    with at.signed_in(CARE_TEAM) as page:
        at.go(page, "/follow_up")
        pick(page, "Open a row", f"{DUE_NOW.name}: infusion 3")
        button = page.get_by_role("button", name="Mark reviewed")
        expect(button).to_be_visible()
        settled(page)
        at.take(page, "review", down_to=button)


def care_pictures(at: Photographer) -> None:
    with at.signed_in(CARE_TEAM) as page:
        at.take(page, "home")
        at.go(page, "/due_and_missing")
        page.get_by_test_id("stDataFrame").locator("tr").nth(1).wait_for(state="attached")
        pick(page, "Open a row", DUE_NOW.name)
        save = page.get_by_role("button", name="Save contact")
        expect(save).to_be_visible()
        settled(page)
        at.take(page, "due-and-missing", down_to=save)
        page.get_by_role("link", name="Enter answers").click()
        page.get_by_role("button", name="Start").click()
        expect(question(page, 8)).to_be_visible()
        choose(page, 7, "Yes")
        raised = page.get_by_role("heading", name="This answer has raised an alert")
        expect(raised).to_be_visible()
        settled(page)
        question(page, 7).evaluate("e => e.scrollIntoView()")
        at.take(page, "enter-answers")
    newcomer = DemoAccount("billie", "Billie", Role.PATIENT, "")
    with at.signed_in(newcomer, phone=True) as page:
        at.go(page, "/new_patient")
        at.take(page, "new-patient-phone")
    waiting = at.served.one("SELECT patient_id FROM people WHERE login = 'drew'")
    with at.signed_in(CLINICIAN) as page:
        at.go(page, f"/patient?id={waiting}")
        page.locator("summary").filter(has_text="New-patient forms").click()
        save = page.get_by_role("button", name="Save review")
        expect(save).to_be_visible()
        settled(page)
        page.get_by_role("heading", name="Record").evaluate("e => e.scrollIntoView()")
        at.take(page, "intake")


def treatment_pictures(at: Photographer) -> None:
    now = since_epoch(datetime.fromisoformat(program.DEMO_NOW))
    given, planned = (
        at.served.one(
            "SELECT id FROM infusions WHERE status = ? AND abs(planned_at - ?) < 39600000000 "
            "AND (discharged_at IS NULL) = ? ORDER BY planned_at LIMIT 1",
            status,
            now,
            status == "planned",
        )
        for status in ("given", "planned")
    )
    with at.signed_in(CARE_TEAM) as page:
        page.set_viewport_size(TABLET)
        at.go(page, f"/infusion_day?id={given}")
        figures(page)
        at.take(page, "infusion-day", down_to=page.locator(".js-plotly-plot"))
    with at.signed_in(CARE_TEAM) as page:
        patient_id = at.served.one("SELECT patient_id FROM infusions WHERE id = ?", planned)
        at.go(page, f"/patient?id={patient_id}")
        page.locator("summary").filter(has_text="Course and schedule").click()
        page.get_by_role("radio", name="Cancel an infusion").locator(
            "xpath=ancestor::label"
        ).click()
        foretold = page.get_by_text("cancelled.")
        foretold.wait_for()
        settled(page)
        page.get_by_role("heading", name="Record").evaluate("e => e.scrollIntoView()")
        at.take(page, "course")
    with at.signed_in(MID_COURSE, phone=True) as page:
        at.go(page, "/my_plan")
        at.take(page, "my-plan-phone")


def clinic_pictures(at: Photographer) -> None:
    with at.signed_in(CLINICIAN) as page:
        at.go(page, "/protocol")
        page.get_by_text("48 h", exact=True).first.click()
        page.get_by_text("are no longer asked").first.wait_for()
        figures(page)
        at.take(page, "protocol", down_to=page.get_by_text("The same as a table"))
    people: list[Person] = []

    def visit(served: Served) -> Person:
        people.append(Person.at(at.browser, served.address))
        return people[-1]

    for state, page in clinic_tablets(Places(at.served, at.served, visit)):
        if state == "Clinic tablet: a question":
            page.set_viewport_size(TABLET)
            at.take(page, "clinic-tablet")
            break
    for person in people:
        person.context.close()


def alert_pictures(at: Photographer) -> None:
    late = at.served.one(
        "SELECT id FROM alert_cases WHERE state != 'closed' AND tier = 'immediate'"
    )
    with at.signed_in(CARE_TEAM) as page:
        at.go(page, f"/alerts?id={late}")
        page.get_by_role("heading", name="To reach the patient").wait_for()
        settled(page)
        own = page.get_by_role("button", name="I take this alert")
        own.evaluate("e => e.scrollIntoView({block: 'center'})")
        at.take(page, "alert")
    with at.signed_in(ADMINISTRATOR) as page:
        for path, name in (("/duty", "duty"), ("/audit_trail", "audit-trail")):
            at.go(page, path)
            page.get_by_test_id("stDataFrame").first.locator("tr").nth(1).wait_for(state="attached")
            at.take(page, name)


def door_picture(at: Photographer) -> None:
    person = Person.at(at.browser, at.served.address)
    page = person.context.new_page()
    page.goto(at.served.address)
    at.take(page, "sign-in")
    person.context.close()
    person.check()


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        database = Path(made) / "demo.db"
        print("Building the demo clinic.")
        program.build_demo(database)
        untouched = Path(made) / "untouched.db"
        shutil.copy(database, untouched)
        for pictures in (
            door_picture,
            staff_pictures,
            patient_pictures,
            treatment_pictures,
            care_pictures,
            clinic_pictures,
            alert_pictures,
        ):
            shutil.copy(untouched, database)
            with program.serving(database) as address, chromium() as browser:
                pictures(Photographer(browser, Served(address, database), folder))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Say where the pictures go: python -m benchmarks.screenshots FOLDER")
    main(Path(sys.argv[1]))
