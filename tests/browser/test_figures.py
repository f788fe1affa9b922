"""Figures under the content policy: every point that the browser was given is on the screen."""

from typing import Any

import pytest
from playwright.sync_api import expect

from mindspa.services.demo_accounts import CLINICIAN, MID_COURSE
from tests.browser.chromium import Colours, figures
from tests.browser.conftest import Served, Visit

pytestmark = pytest.mark.browser


# The one figure of the page shows another stretch of time than before.
ANOTHER = """before => {
  const plots = document.querySelectorAll('.js-plotly-plot');
  return plots.length === 1 && plots[0].layout.xaxis.range[0] !== before;
}"""


def given_and_drawn(figure: dict[str, Any]) -> tuple[int, int]:
    given = sum(
        y is not None
        for trace in figure["traces"]
        if "markers" in trace["mode"]
        for y in trace["y"]
    )
    return given, figure["points"]


@pytest.mark.parametrize(
    "phone, colours", [(False, "light"), (True, "dark")], ids=["desktop-light", "phone-dark"]
)
def test_every_point_of_the_timeline_is_drawn(
    demo: Served, visit: Visit, phone: bool, colours: Colours
) -> None:
    patient_id = demo.one("SELECT patient_id FROM people WHERE login = ?", MID_COURSE.login)
    page = visit(demo, phone=phone, colours=colours).sign_in(
        CLINICIAN.login, CLINICIAN.password, path=f"/patient?id={patient_id}"
    )
    (figure,) = figures(page)
    given, drawn = given_and_drawn(figure)
    assert given == drawn > 10
    for span in ("90 days", "A year"):
        page.get_by_role("radio", name=span).click()
        page.wait_for_function(ANOTHER, arg=figure["starts"])
        (figure,) = figures(page)
        given, drawn = given_and_drawn(figure)
        assert given == drawn > 10, span


def test_every_point_of_ones_own_progress_is_drawn(demo: Served, visit: Visit) -> None:
    page = visit(demo, phone=True).sign_in(
        MID_COURSE.login, MID_COURSE.password, path="/my_progress"
    )
    expect(page.get_by_role("heading", name="My progress")).to_be_visible()
    (figure,) = figures(page)
    given, drawn = given_and_drawn(figure)
    assert given == drawn > 1
