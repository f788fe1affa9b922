"""What may be entered, by whatever way it comes: which text and which instant can be meant.

The limits of a page are kept by the browser alone, and the two databases refuse different texts.
"""

import re
import unicodedata
from datetime import UTC, datetime

from mindspa.domain.errors import InvalidInput

LONGEST_LINE = 100
LONGEST_NOTE = 2000

# What mail servers take of what the standard allows: no quotes, no comments, no list of several.
EMAIL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}"

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

# Characters that are not seen and make one name look like another, or turn it round. The two
# joiners are part of how Persian and Indian names are written.
_JOINERS = "\u200c\u200d"
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_NO_TEXT = {"Cc", "Cs"}  # control characters, and halves of a character


def line(given: object, *, what: str, longest: int = LONGEST_LINE) -> str:
    """A name or a reason: with single spaces, in the composed form, so that what looks alike is
    alike."""
    text = " ".join(unicodedata.normalize("NFC", _text(given, what)).split())
    if any(unicodedata.category(one) in _UNSEEN and one not in _JOINERS for one in text):
        raise InvalidInput(f"{what} holds a character that cannot be seen. Type it anew.")
    if not 1 <= len(text) <= longest:
        raise InvalidInput(f"{what} needs 1 to {longest} characters.")
    return text


def note(given: object, *, what: str = "The note", longest: int = LONGEST_NOTE) -> str:
    """What somebody wrote, in lines, with the line ends of other programs made ours. May be
    empty."""
    written = unicodedata.normalize("NFC", _text(given, what))
    text = "\n".join(written.splitlines()).strip()
    if any(unicodedata.category(one) in _NO_TEXT and one not in "\n\t" for one in text):
        raise InvalidInput(f"{what} holds a character that is no text. Type it anew.")
    if len(text) > longest:
        raise InvalidInput(f"{what} can have {longest} characters. Shorten it.")
    return text


def needed_note(given: object, *, missing: str, what: str = "The reason") -> str:
    """The same where it must not be empty. `missing` is the sentence that asks for it."""
    text = note(given, what=what)
    if not text:
        raise InvalidInput(missing)
    return text


def phone(given: object, *, what: str = "The phone number") -> str:
    """As people write it, such as "+1 (555) 010-0199 ext. 4"; not only somebody's memo."""
    text = line(given, what=what, longest=40)
    digits = sum(one.isdecimal() for one in text)
    if digits < 3 or not re.fullmatch(r"[+(]?[0-9][0-9 ().\-/]*( ?(ext|x)\.? ?[0-9]+)?", text):
        raise InvalidInput(f"{what} needs its digits, such as +1 555 010 0199.")
    return text


def email(given: object, *, what: str = "The e-mail address") -> str:
    text = line(given, what=what, longest=254)
    if not re.fullmatch(EMAIL, text):
        raise InvalidInput(f"{what} is not one, such as ana@example.org. Check it.")
    return text


def number(given: object, *, what: str, lowest: float, highest: float) -> None:
    """Neither of what is no number at all, such as the "nan" of a browser, nor of a yes or no."""
    if type(given) not in (int, float) or not lowest <= given <= highest:  # type: ignore[operator]
        raise InvalidInput(f"{what} is a number from {lowest:g} to {highest:g}.")


def instant(given: object, *, what: str) -> datetime:
    """In UTC: with a clinic's own zone, two instants would be compared by what the clocks on the
    wall say, which is wrong in the night that they change."""
    if not isinstance(given, datetime) or given.tzinfo is None:
        raise InvalidInput(f"{what} needs a day and a time.")
    if not EARLIEST <= given < LATEST:
        raise InvalidInput(f"{what} is in a year that cannot be right. Check the date.")
    return given.astimezone(UTC)


def _text(given: object, what: str) -> str:
    if not isinstance(given, str):
        raise InvalidInput(f"{what} must be a text.")
    return given
