"""Numbers as people write them, and as they are kept."""

import pytest

from mindspa.domain.errors import InvalidInput
from mindspa.exchange.mobile_number import mobile_number


@pytest.mark.parametrize(
    ("given", "country", "kept"),
    [
        ("(202) 555-0143", "US", "+12025550143"),
        ("202.555.0143", "US", "+12025550143"),
        ("1 202 555 0143", "US", "+12025550143"),
        ("+1 (202) 555-0143", "GB", "+12025550143"),
        ("07911 123456", "GB", "+447911123456"),  # the nought is dropped
        ("+44 7911 123456", "US", "+447911123456"),
        ("0151 23456789", "DE", "+4915123456789"),
        ("\uff12\uff10\uff12 555 0143", "US", "+12025550143"),  # of an East Asian keyboard
    ],
)
def test_a_mobile_number_is_kept_with_its_country(given: str, country: str, kept: str) -> None:
    assert mobile_number(given, country=country) == kept


@pytest.mark.parametrize(
    ("given", "country", "said"),
    [
        ("my sister's", "US", "is not one"),
        ("555 0100", "US", "is not one"),
        ("+999 202 555 0143", "US", "is not one"),
        ("202 555 0143 9", "US", "is not one"),
        ("202 555 0143 ext. 4", "US", "is not one"),
        ("020 7946 0123", "GB", "takes no texts"),
        ("0900 1234567", "DE", "takes no texts"),  # paid by whoever calls
        ("911", "US", "is not one"),
        ("202 555 0143", "ZZ", "is not one"),
        ("1" * 41, "US", "1 to 40 characters"),
        (None, "US", "must be a text"),
    ],
)
def test_no_mobile_number(given: object, country: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        mobile_number(given, country=country)
