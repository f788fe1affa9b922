"""One TOML table, read strictly: wrong types and keys that nobody asked for are named by place."""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TypeVar

from mindspa.domain.errors import InvalidDefinition

T = TypeVar("T")

# No score, count or number of days is above it: more digits are a slip, and too many for a date.
LARGEST = 10_000


class Table:
    """Take every key that the format knows, then call `done()`: what is left is a mistake."""

    def __init__(self, values: Mapping[str, object], place: str) -> None:
        self._values = dict(values)
        self.place = place

    @classmethod
    def of_file(cls, path: Path) -> "Table":
        try:
            return cls(tomllib.loads(path.read_text(encoding="utf-8")), path.name)
        except FileNotFoundError:
            raise InvalidDefinition(f"{path.name} is missing from {path.parent.name}/.") from None
        except OSError as error:
            raise InvalidDefinition(f"{path.name} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise InvalidDefinition(f"{path.name} is not UTF-8 text. Restore the file.") from None
        except tomllib.TOMLDecodeError as error:
            raise InvalidDefinition(f"{path.name} is not valid TOML: {error}.") from None
        except (ValueError, RecursionError):  # which the library lets through
            raise InvalidDefinition(
                f"{path.name} holds a number of too many digits, or lists too deep in each other."
            ) from None

    def fault(self, problem: str) -> InvalidDefinition:
        return InvalidDefinition(f"{self.place}: {problem}")

    def done(self) -> None:
        if self._values:
            raise self.fault(f"unknown key {', '.join(sorted(self._values))}.")

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def names(self) -> Collection[str]:
        return tuple(self._values)

    def _take(self, key: str, kind: type[T], words: str) -> T:
        if key not in self._values:
            raise self.fault(f"{key} is missing.")
        value = self._values.pop(key)
        # type(), not isinstance: true is an int and a datetime is a date in Python.
        if type(value) is not kind:
            raise self.fault(f"{key} must be {words}.")
        return value

    def text(self, key: str) -> str:
        value = self._take(key, str, "text").strip()
        if not value:
            raise self.fault(f"{key} is empty.")
        return value

    def id(self) -> str:
        name = self.text("id")
        if not re.fullmatch(r"[a-z0-9_]{1,40}", name):
            raise self.fault("id may hold small letters, digits and underscores.")
        return name

    def text_or_none(self, key: str) -> str | None:
        """None where the key is absent or an empty text."""
        return (self._take(key, str, "text").strip() or None) if key in self else None

    def integer(self, key: str, default: int | None = None) -> int:
        if default is not None and key not in self:
            return default
        value = self._take(key, int, "a whole number")
        if abs(value) > LARGEST:
            raise self.fault(f"{key} must be from {-LARGEST} to {LARGEST}.")
        return value

    def integer_or_none(self, key: str) -> int | None:
        return self.integer(key) if key in self else None

    def decimal_or_none(self, key: str) -> float | None:
        if key not in self:
            return None
        value = self._take(key, float, "a decimal number, such as 0.5")
        if not abs(value) <= LARGEST:  # so that neither "inf" nor "nan" passes
            raise self.fault(f"{key} must be from {-LARGEST} to {LARGEST}.")
        return value

    def boolean(self, key: str, default: bool) -> bool:
        return self._take(key, bool, "true or false") if key in self else default

    def date_or_none(self, key: str) -> date | None:
        return self._take(key, date, "a date") if key in self else None

    def list(self, key: str) -> list[object]:
        """Empty where the key is absent."""
        return self._take(key, list, "a list") if key in self else []

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.list(key)
        if not all(isinstance(value, str) for value in values):
            raise self.fault(f"{key} must be a list of texts.")
        return tuple(str(value) for value in values)

    def table(self, key: str) -> "Table":
        return Table(self._take(key, dict, "a table"), f"{self.place}, {key}")

    def tables(self, key: str, named_by: str = "id") -> tuple["Table", ...]:
        """A list of tables, each placed by its name or, lacking one, its number."""
        tables = []
        for number, values in enumerate(self.list(key), start=1):
            if not isinstance(values, dict):
                raise self.fault(f"{key} must be a list of tables.")
            name = values.get(named_by, f"number {number}")
            tables.append(Table(values, f"{self.place}, {key} {name}"))
        return tuple(tables)

    def refuse_repeats(self, key: str, ids: Iterable[str]) -> None:
        seen = list(ids)
        if twice := sorted({name for name in seen if seen.count(name) > 1}):
            raise self.fault(f"{key}: {', '.join(twice)} stands twice.")

    def text_by_language(self, key: str, languages: Collection[str]) -> dict[str, str]:
        words = self.table(key)
        texts = {language: words.text(language) for language in languages}
        words.done()
        return texts
