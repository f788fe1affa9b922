"""Mobile numbers as people write them, and as a text is addressed (E.164)."""

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from mindspa.domain import entered
from mindspa.domain.errors import InvalidInput

# In some countries, nobody can tell a mobile phone by its number.
_TAKE_TEXTS = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def mobile_number(given: object, *, country: str) -> str:
    """With its country code and no spaces. `country` (ISO 3166-1, two letters) is that of a number
    without one."""
    what = "The mobile number"
    text = entered.line(given, what=what, longest=40)
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number) or number.extension:
        raise InvalidInput(f"{what} is not one. Check it; from another country, begin with +.")
    if phonenumbers.number_type(number) not in _TAKE_TEXTS:
        raise InvalidInput(f"{what} is of a line that takes no texts. Give that of a mobile phone.")
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))
