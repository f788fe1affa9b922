"""What a change of the treatment does to a patient's check-ins: told before it is made."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mindspa.domain.check_ins import StoredForm
from mindspa.domain.schedule import Occasion, answers_for


@dataclass(frozen=True, slots=True)
class PlanChange:
    """Occasions as they would stand; those that would no longer be asked, as they stand now. What
    was answered is in none but the last two, and no answer is lost in either."""

    moved: tuple[Occasion, ...]
    added: tuple[Occasion, ...]
    cancelled: tuple[Occasion, ...]
    asked_again: tuple[Occasion, ...]  # its window would no longer hold the answer
    released: tuple[Occasion, ...]  # answered, and no longer asked: the answer stands by itself


def plan_change(
    before: Iterable[Occasion], after: Iterable[Occasion], forms: Iterable[StoredForm]
) -> PlanChange:
    """`before` and `after` are whole plans of one patient; `forms` all that could answer them."""
    given = tuple(forms)
    old, new = _asked(before), _asked(after)
    answered = _answered(old.values(), given)
    still = _answered(new.values(), given)
    waiting = old.keys() - answered
    return PlanChange(
        moved=tuple(
            occasion
            for key, occasion in new.items()
            if key in waiting and _window(occasion) != _window(old[key])
        ),
        added=tuple(o for key, o in new.items() if key not in old and key not in still),
        cancelled=tuple(old[key] for key in old if key in waiting and key not in new),
        asked_again=tuple(new[key] for key in new if key in answered and key not in still),
        released=tuple(old[key] for key in old if key in answered and key not in new),
    )


def sentence(change: PlanChange) -> str:
    """ "3 check-ins move, 1 is cancelled." """
    parts = list(_parts(change))
    if not parts:
        return "No check-in changes."
    said = ", ".join(parts) + "."
    if change.asked_again or change.released:
        said += " What was answered is kept."
    return said


_Key = tuple[str, str, str]


def _asked(occasions: Iterable[Occasion]) -> dict[_Key, Occasion]:
    return {occasion.key: occasion for occasion in occasions if occasion.asked}


def _answered(occasions: Iterable[Occasion], forms: tuple[StoredForm, ...]) -> frozenset[_Key]:
    """In part is enough: a patient has been there."""
    return frozenset(key for key, answers in answers_for(occasions, forms).items() if answers)


def _window(occasion: Occasion) -> tuple[object, ...]:
    return occasion.opens_at, occasion.due_at, occasion.closes_at


def _parts(change: PlanChange) -> Iterator[str]:
    counted = (
        (change.moved, "moves", "move"),
        (change.added, "is added", "are added"),
        (change.cancelled, "is cancelled", "are cancelled"),
        (
            change.asked_again,
            "that was answered is asked again",
            "that were answered are asked again",
        ),
        (change.released, "that was answered is cancelled", "that were answered are cancelled"),
    )
    noun = True  # said once, with the first figure
    for occasions, one, many in counted:
        if count := len(occasions):
            what = (" check-in" if count == 1 else " check-ins") if noun else ""
            yield f"{count}{what} {one if count == 1 else many}"
            noun = False
