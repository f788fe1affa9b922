"""Files that an operator might hand to a command: tables and TOML, well formed or anything but."""

import json
from collections.abc import Mapping
from datetime import date, datetime

from hypothesis import strategies as st

from tests.fuzz.odd import ANSWER, NAME, anything, days, texts

_PIECES = [
    *(",", ";", "\t", '"', '""', "\n", "\r\n", "\r", " ", "\ufeff", "\x00", "\x1c", "\u00a0"),
    *(
        "id",
        "q1",
        "q2",
        "day",
        "0",
        "1",
        "2.0",
        "-3",
        "1.5",
        "1e5",
        "n/a",
        "9" * 5000,
        NAME,
        ANSWER,
    ),
    *("2026-05-04", "2026-03-08T02:30", "0001-01-01", "9999-12-31", "46142", "4/5/26", "20260504"),
    "x" * 140_000,  # longer than csv takes
]
_CODECS = ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "cp1252", "utf-7"]

raw_tables = st.one_of(
    st.binary(max_size=200),
    st.builds(
        lambda pieces, codec, broken: "".join(pieces).encode(codec, "replace") + broken,
        st.lists(st.sampled_from(_PIECES), max_size=40),
        st.sampled_from(_CODECS),
        st.one_of(st.just(b""), st.binary(max_size=3)),
    ),
    st.sampled_from([b"", b"\xef\xbb\xbf", b"\n\n", b"\x1c\x1d", "\u00a0\u2003".encode(), b'"']),
)


def toml_of(table: Mapping[str, object]) -> str:
    return "".join(f"{json.dumps(key)} = {_value(value)}\n" for key, value in table.items())


def _value(value: object) -> str:
    """None has no place in TOML: it is left out before, or written as a text."""
    match value:
        case bool():
            return str(value).lower()
        case datetime() | date():
            return value.isoformat()
        case int() | float():
            return str(value) if abs(value) < 10**300 else "9" * 5000
        case Mapping():
            inner = ", ".join(f"{json.dumps(key)} = {_value(one)}" for key, one in value.items())
            return f"{{ {inner} }}"
        case list() | tuple():
            return f"[{', '.join(map(_value, value))}]"
    # Half a pair cannot stand in a file of UTF-8.
    return json.dumps(str(value).encode("utf-8", "replace").decode())


toml_values = st.recursive(
    st.one_of(anything, days),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=5,
)

_TOML_PIECES = [
    *(
        "[",
        "]",
        "{",
        "}",
        "=",
        ".",
        ",",
        "\n",
        '"',
        "'",
        "#",
        "\\",
        "a",
        "values",
        "source",
        "items",
    ),
    *("1", "-", "2026-01-01", "true", "inf", "nan", "\x00", "\ufeff", "é", '"""', "0x", "9" * 5000),
    *("[" * 3000, "{a=" * 50, "[instruments.phq9]\n", f"source = '{NAME}'\n"),
]
raw_toml = st.one_of(
    st.binary(max_size=100),
    st.lists(st.sampled_from(_TOML_PIECES), max_size=25).map(lambda parts: "".join(parts).encode()),
    st.just(b"a = " + b"[" * 5000),
    st.just(b"a = " + b"9" * 5000),
)
