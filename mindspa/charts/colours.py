"""Colours for light and dark, chosen so that every mark is told apart in grey as well."""

from dataclasses import dataclass
from enum import StrEnum


class Theme(StrEnum):
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Colours:
    """Text has a contrast of at least 4.5 and marks of at least 3 against every ground they are
    drawn on. `bands` run from the mildest to the most severe."""

    ground: str
    bands: tuple[str, str, str, str, str]
    grid: str
    text: str
    quiet_text: str
    score: str
    recall: str
    reference: str
    infusion: str
    window: str
    missed: str
    alert: str


LIGHT = Colours(
    ground="#fcfbf8",
    bands=("#f9f7f2", "#f5f1ea", "#f0eae0", "#eae2d5", "#e4d9c9"),
    grid="#e3e6ea",
    text="#1d2733",
    quiet_text="#46525f",
    score="#1f3f8a",
    recall="rgba(31,63,138,0.38)",
    reference="#5a6472",
    infusion="#0b6b63",
    window="rgba(11,140,128,0.15)",
    missed="#5a6472",
    alert="#b3261e",
)

DARK = Colours(
    ground="#161a1a",
    bands=("#1b2020", "#202525", "#262827", "#2d2b27", "#352f28"),
    grid="#2a313b",
    text="#e8ecf1",
    quiet_text="#aab4c0",
    score="#9db8ff",
    recall="rgba(157,184,255,0.42)",
    reference="#97a1ae",
    infusion="#4fc7b8",
    window="rgba(79,199,184,0.16)",
    missed="#97a1ae",
    alert="#ff8a80",
)

COLOURS = {Theme.LIGHT: LIGHT, Theme.DARK: DARK}
