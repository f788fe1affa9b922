"""Contrast as WCAG 2.2 AA asks: 4.5 for text, 3 for marks; severity is told apart in grey."""

import tomllib
from itertools import pairwise

import pytest

from mindspa.charts.colours import COLOURS, Colours, Theme
from mindspa.settings import PROJECT_ROOT

Rgb = tuple[float, float, float]


def rgb(colour: str) -> Rgb:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


def over(ground: Rgb, colour: str) -> Rgb:
    """A translucent "rgba(r,g,b,a)" on a ground."""
    *channels, alpha = (float(part) for part in colour[5:-1].split(","))
    red, green, blue = (alpha * c + (1 - alpha) * g for c, g in zip(channels, ground, strict=True))
    return red, green, blue


def luminance(colour: Rgb) -> float:
    linear = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Rgb, other: Rgb) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def grounds(colours: Colours) -> list[Rgb]:
    plain = [rgb(colour) for colour in (colours.ground, *colours.bands)]
    return plain + [over(ground, colours.window) for ground in plain]


@pytest.mark.parametrize("theme", list(Theme))
@pytest.mark.parametrize(
    "name, least",
    [
        ("text", 4.5),
        ("quiet_text", 4.5),
        ("score", 3),
        ("reference", 3),
        ("infusion", 3),
        ("missed", 3),
        ("alert", 3),
    ],
)
def test_contrast(theme: Theme, name: str, least: float) -> None:
    colours = COLOURS[theme]
    colour = rgb(getattr(colours, name))
    assert min(contrast(colour, ground) for ground in grounds(colours)) >= least


@pytest.mark.parametrize("theme", list(Theme))
def test_every_band_is_darker_or_lighter_than_the_one_before(theme: Theme) -> None:
    shades = [luminance(rgb(colour)) for colour in COLOURS[theme].bands]
    steps = {one < other for one, other in pairwise(shades)}
    assert len(steps) == 1


@pytest.mark.parametrize("theme", list(Theme))
def test_the_ground_is_that_of_the_page(theme: Theme) -> None:
    config = tomllib.loads((PROJECT_ROOT / ".streamlit" / "config.toml").read_text())
    assert COLOURS[theme].ground == config["theme"][theme]["backgroundColor"]
