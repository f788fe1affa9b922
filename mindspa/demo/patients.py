"""Who the simulated patients are: names, ages, complaints, and how treatment goes for them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from mindspa.demo.illness import SHARES, Course

# A given name each, so that it serves as login; the family name says that nobody is real.
GIVEN_NAMES = (
    "Robin", "Sasha", "Alex", "Amari", "Ari", "Ashton", "Avery", "Bao", "Bellamy", "Blair",
    "Casey", "Charlie", "Dakota", "Darcy", "Devon", "Eden", "Elis", "Emery", "Farah", "Finley",
    "Frankie", "Gael", "Harper", "Hayden", "Ines", "Jaya", "Jordan", "Kai", "Kerry", "Kiran",
    "Lane", "Lennon", "Logan", "Luca", "Marlow", "Micah", "Morgan", "Nico", "Noa", "Oakley",
    "Paz", "Peyton", "Quinn", "Rafi", "Reese", "Remy", "River", "Rory", "Wren", "Sage",
    "Sam", "Shay", "Sidney", "Skyler", "Tal", "Taylor", "Toni", "Umi", "Val", "Yael",
)  # fmt: skip
TREES = (
    "Larch", "Willow", "Birch", "Hazel", "Maple", "Aspen", "Linden", "Juniper", "Elm", "Cedar",
    "Spruce", "Hawthorn", "Poplar", "Chestnut", "Beech", "Cypress", "Walnut",
)  # fmt: skip

# 12 of 14 had all six (Shiroma et al. 2014).
HAVE_ALL_SIX = 12 / 14


@dataclass(frozen=True, slots=True)
class Person:
    """Totals at baseline; `thoughts` is PHQ-9 item 9 then. `gap`: days between infusions.
    `answers_pulses` and `answers_forms`: how likely one that is due is answered."""

    number: int
    name: str
    login: str
    born_on: date
    indications: frozenset[str]
    course: Course
    phq9: int
    gad7: int
    pcl5: int
    thoughts: int
    weight_kg: float
    dose_mg: float
    gap: int
    given: int  # of six planned infusions; fewer: leaves early
    answers_pulses: float
    answers_forms: float
    rated: bool  # a clinician enters MADRS totals
    tendency: Mapping[str, float]  # how readily each item rises, by a name of its own


def patients(seed: int, *, today: date, at_present: int) -> Iterator[Person]:
    """The same for the same seed. `at_present`: the first so many are those of the last days, whose
    courses stay out of the year's figures; the first two have the demo's shown accounts."""
    rng = Random(f"patients {seed}")
    courses = _courses(at_present, rng) + _courses(len(GIVEN_NAMES) - at_present, rng)
    # Whose accounts are shown gets better, so that there is something to see.
    for place, wanted in enumerate((Course.RESPONSE, Course.REMISSION)):
        other = courses.index(wanted, place)
        courses[place], courses[other] = courses[other], courses[place]
    for number, given in enumerate(GIVEN_NAMES):
        rng = Random(f"patient {seed} {number}")
        thoughts = _thoughts(number - at_present)
        yield _person(number, given, courses[number], thoughts, rng, today)


def _thoughts(place: int) -> int:
    """Rare, and never by chance in somebody whom the last days are about."""
    if place < 0:
        return 0
    return 2 if place == 9 else int(place % 6 == 2)


def _courses(count: int, rng: Random) -> list[Course]:
    """Shares met as nearly as whole people allow; in an order that the seed decides."""
    found: list[Course] = []
    for course, share in SHARES.items():
        found += [course] * round(count * share)
    found = (found + [Course.NONE] * count)[:count]
    rng.shuffle(found)
    return found


def _person(
    number: int, given: str, course: Course, thoughts: int, rng: Random, today: date
) -> Person:
    indications = {"depression"}
    if rng.random() < 0.45:
        indications.add("anxiety")
    if number % 7 == 1:
        indications.add("ptsd")
    weight = round(min(130.0, max(48.0, rng.gauss(80, 15))), 1)
    stays = rng.random() < HAVE_ALL_SIX
    phq9 = round(min(25.0, max(11.0, rng.gauss(17.5, 3.6))))
    return Person(
        number=number,
        name=f"{given} Demo-{TREES[number % len(TREES)]}",
        login=given.lower(),
        born_on=today - timedelta(days=rng.randint(21 * 365, 72 * 365)),
        indications=frozenset(indications),
        course=course,
        phq9=phq9,
        gad7=round(min(20.0, max(6.0, rng.gauss(0.72 * phq9, 2.6)))),
        pcl5=round(min(72.0, max(36.0, rng.gauss(50, 8)))),
        thoughts=thoughts,
        weight_kg=weight,
        dose_mg=float(round(weight * rng.choice((0.5, 0.5, 0.5, 0.6, 0.75)))),
        gap=2 if number % 3 else 3,
        given=6 if stays else rng.randint(2, 5),
        answers_pulses=min(0.97, max(0.35, rng.gauss(0.78, 0.16))),
        answers_forms=min(0.97, max(0.4, rng.gauss(0.8, 0.14))),
        rated=number % 6 == 1,
        tendency={str(item): rng.lognormvariate(0, 0.3) for item in range(1, 21)},
    )
