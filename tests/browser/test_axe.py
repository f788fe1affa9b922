"""Every page in each of its states: as axe-core judges it, by day and by night, and in text of
twice the size, with nothing cut off; on a phone and at a desk."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from mindspa.settings import PROJECT_ROOT
from mindspa.ui.menu import ENTRIES
from tests.browser.chromium import Colours
from tests.browser.conftest import Served, Visit
from tests.browser.tours import TOURS
from tests.browser.tours.steps import Places

pytestmark = pytest.mark.browser

# How axe is asked: by night for everything, by day for what another theme can change. What is right
# it need not list: that takes longer than to look.
WRONG = {"resultTypes": ["violations"]}
LOOKS: dict[Colours, dict[str, Any]] = {
    "dark": WRONG,
    "light": WRONG | {"runOnly": ["color-contrast", "link-in-text-block"]},
}

# What axe finds inside Streamlit's own widgets, and why it stands. One that is found no more fails
# the test: it goes from here.
TOAST = 'data-testid="stToast"'
KNOWN = {
    # Its label is an element that is not there. What it says stands on the page as well.
    "A patient's other pages": {("aria-dialog-name", TOAST)},
    "A patient's record": {("aria-dialog-name", TOAST)},
    "Lists of staff": {("aria-dialog-name", TOAST)},
    "Infusion day": {("aria-dialog-name", TOAST)},
    "The care team's day": {("aria-dialog-name", TOAST)},
    "The clinic's protocol": {("aria-dialog-name", TOAST)},
    "Alerts": {("aria-dialog-name", TOAST)},
    "Hours and rota": {("aria-dialog-name", TOAST)},
    "Emergency access": {("aria-dialog-name", TOAST)},
    "People": {("aria-dialog-name", TOAST)},
}


def listed(tour: str) -> list[str]:
    """The states of a tour, from the document."""
    text = (PROJECT_ROOT / "docs" / "accessibility.md").read_text("utf-8")
    section = text.partition(f"\n### {tour}\n")[2].partition("\n#")[0]
    entries = re.findall(r"^- \*\*(.+)\*\*: (.+(?:\n  .+)*)", section, re.MULTILINE)
    return [
        f"{page}: {state}"
        for page, states in entries
        for state in " ".join(states.split()).split("; ")
    ]


def test_every_page_is_among_the_states_that_are_listed() -> None:
    pages = {state.partition(":")[0] for tour in TOURS for state in listed(tour)}
    assert {entry.title for entry in ENTRIES} <= pages


# --- What is wrong with a page -------------------------------------------------------------------


def axe(page: Page, asked: dict[str, Any]) -> set[tuple[str, str]]:
    """By rule and known widget, or by rule and element."""
    return {
        (violation["id"], TOAST if TOAST in node["html"] else node["html"])
        for violation in Axe().run(page, options=asked).response["violations"]
        for node in violation["nodes"]
    }


# What a person with large text cannot read. Tables, figures and tabs scroll in a box of their own.
# What takes some frames to find its place is given them.
_CUT = """async () => {
  const elsewhere = '[data-testid="stDataFrame"], [data-testid="stTable"], .js-plotly-plot';
  const main = document.querySelector('[data-testid="stMain"]') ?? document.body;
  const look = () => {
    const found = new Set(), texts = [], boxes = new Map();
    const known = box => {
      if (!boxes.has(box)) {
        const {overflow} = getComputedStyle(box);
        boxes.set(box, {
          edge: box.getBoundingClientRect(),
          scrolls: /auto|scroll/.test(overflow),
          hides: /hidden|clip/.test(overflow),
        });
      }
      return boxes.get(box);
    };
    for (const box of [document.scrollingElement, main])
      if (box.scrollWidth > box.clientWidth + 1) found.add('the page scrolls sideways');
    const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (nodes.nextNode()) {
      const element = nodes.currentNode.parentElement, words = nodes.currentNode.data.trim();
      const seen = {opacityProperty: true, visibilityProperty: true};
      if (!words || element.closest(elsewhere) || !element.checkVisibility(seen)) continue;
      const range = document.createRange();
      range.selectNodeContents(nodes.currentNode);
      const places = [...range.getClientRects()].filter(at => at.width > 1 && at.right > 0);
      let unseen = !places.length, cut = false, scrolls = false;
      for (let box = element; box !== document.body; box = box.parentElement) {
        const {edge, hides, scrolls: rolls} = known(box);
        unseen ||= edge.width <= 1 || edge.height <= 1;
        if (rolls) {
          scrolls = box !== main && box.scrollWidth > box.clientWidth;
          break;
        }
        if (hides)
          cut ||= places.some(at =>
            at.right > edge.right + 2 || at.left < edge.left - 2 ||
            at.bottom > edge.bottom + 3 || at.top < edge.top - 3);
      }
      if (unseen) continue;
      if (cut) found.add(`cut off: ${words}`);
      if (!scrolls && places.some(at => at.right > innerWidth + 1 || at.left < -1))
        found.add(`beyond the edge: ${words}`);
      if (main.contains(element))
        texts.push(...places.map(at => ({at, words, number: texts.length})));
    }
    const over = (one, other) =>
      Math.min(one.right, other.right) - Math.max(one.left, other.left) > 3 &&
      Math.min(one.bottom, other.bottom) - other.top > 6;
    texts.sort((one, other) => one.at.top - other.at.top);
    for (const [index, one] of texts.entries())
      for (let next = index + 1; next < texts.length; next += 1) {
        const other = texts[next];
        if (other.at.top >= one.at.bottom - 6) break;
        if (one.number !== other.number && over(one.at, other.at))
          found.add(`one over the other: ${one.words} | ${other.words}`);
      }
    return [...found];
  };
  let found = [];
  for (let frames = 0; frames < 90; frames += 1) {
    await new Promise(requestAnimationFrame);
    if (frames < 2) continue;
    found = look();
    if (!found.length) break;
  }
  return found;
}"""
# Fields whose edge is not told from the page at 3 to 1. A pixel says what is mixed on the screen.
_FAINT = """() => {
  const pen = new OffscreenCanvas(1, 1).getContext('2d');
  const luminance = colours => {
    for (const colour of colours) { pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); }
    const [red, green, blue] = [...pen.getImageData(0, 0, 1, 1).data].map(
      part => part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  };
  const main = document.querySelector('[data-testid="stMain"]');
  if (!main) return [];
  const ground = getComputedStyle(document.querySelector('[data-testid="stApp"]')).backgroundColor;
  return [...main.querySelectorAll('input:not([type="radio"]), textarea, [role="spinbutton"]')]
    .filter(field => field.checkVisibility() && !field.disabled)
    .map(field => {
      if (field.type === 'checkbox') field = field.closest('label').querySelector(':scope > div');
      while (field !== main && getComputedStyle(field).borderTopWidth === '0px')
        field = field.parentElement;
      return field;
    })
    .filter(field => {
      const edge = getComputedStyle(field).borderTopColor;
      const [one, other] = [luminance([ground]), luminance([ground, edge])];
      return Math.max(one, other) / Math.min(one, other) < 3;
    })
    .map(field => field.outerHTML.slice(0, 120));
}"""
# Icons that are not in the font that is served: their names are drawn instead of them.
_SPELLED_OUT = """() => [...document.querySelectorAll('[data-testid="stIconMaterial"]')]
  .filter(icon => icon.scrollWidth > 1.5 * parseFloat(getComputedStyle(icon).fontSize))
  .map(icon => icon.textContent)"""
# A busy machine draws the other theme some time after it is asked for; pages that the server draws
# itself have it at once.
_IN_COLOURS = """colours => {
  const app = document.querySelector('[data-testid="stApp"]')
  return !app || getComputedStyle(app).colorScheme === colours
}"""
_AT_ONCE = "*, ::before, ::after { transition: none !important; }"  # no colour half way
_FONT = "size => document.documentElement.style.setProperty('font-size', size, 'important')"


def cut_off(page: Page) -> set[str]:
    """Once with everything twice as large, as a browser's zoom has it, once with the text alone."""
    usual = page.viewport_size
    assert usual
    page.set_viewport_size({"width": usual["width"] // 2, "height": usual["height"] // 2})
    found = {f"zoomed, {text}" for text in page.evaluate(_CUT)}
    page.set_viewport_size(usual)
    page.evaluate(_FONT, "200%")
    found |= {f"in large text, {text}" for text in page.evaluate(_CUT)}
    page.evaluate(_FONT, "")
    return found


# --- Every state ---------------------------------------------------------------------------------


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
@pytest.mark.parametrize("tour", TOURS)
def test_every_state(demo: Served, small: Served, visit: Visit, tour: str, phone: bool) -> None:
    places = Places(demo, small, lambda served: visit(served, phone=phone))
    visited: list[str] = []
    judged: set[tuple[str, str]] = set()
    cut: set[tuple[str, str]] = set()
    spelled_out: set[str] = set()
    for state, page in TOURS[tour](places):
        visited.append(state)
        page.add_style_tag(content=_AT_ONCE)
        for colours, asked in LOOKS.items():
            page.emulate_media(color_scheme=colours)
            page.wait_for_function(_IN_COLOURS, arg=colours)
            for rule, where in axe(page, asked):
                judged.add((rule, where if where == TOAST else f"{state}, {colours}: {where}"))
            judged |= {("a faint edge", f"{state}, {colours}: {f}") for f in page.evaluate(_FAINT)}
        cut |= {(state, text) for text in cut_off(page)}
        spelled_out.update(page.evaluate(_SPELLED_OUT))
    assert judged == KNOWN.get(tour, set())
    assert cut == set()
    assert spelled_out == set()
    assert sorted(visited) == sorted(listed(tour))
