"""A clinic's protocol in words."""

from collections.abc import Iterator, Sequence

from mindspa.charts.made_up_plan import called
from mindspa.domain.protocol_versions import Choices
from mindspa.services.view_protocol import ProtocolView

LANGUAGES = {"en": "English", "es": "Spanish"}


def of_choices(choices: Choices, view: ProtocolView) -> Iterator[str]:
    """One fact each."""
    after = [called(code) for code in choices.follow_up]
    yield f"Short check-ins before each infusion and {_listed(after)} after its end"
    standard = _listed(view.standard)
    if choices.standard_at:
        days = view.protocol.standard_spacing.days
        yield (
            f"{standard} with the {called(choices.standard_at)} check-in, unless other "
            f"questionnaires are wanted within {days} days of it"
        )
    else:
        yield "No questionnaires in the days after an infusion"
    yield f"{standard} weekly, {weekly(choices.weekly_day)}"
    yield f"Languages: {_listed([LANGUAGES.get(each, each) for each in choices.languages])}"


def weekly(day: int) -> str:
    return f"on days {day}, {day + 7}, {day + 14} of the course"


def keeping(view: ProtocolView) -> str:
    """What a new version leaves as it is."""
    kept = [
        f"{count} planned {'one keeps' if count == 1 else 'ones keep'} version {number}"
        for number, count in sorted(view.ahead.items())
    ]
    says = "A new version applies to check-ins planned from now on"
    return f"{says}; {_listed(kept)}." if kept else f"{says}; none is planned yet."


def _listed(words: Sequence[str]) -> str:
    """ "24 h, 48 h and 72 h"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
