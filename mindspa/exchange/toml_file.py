"""Reads a TOML file that an operator wrote, or says what is wrong with it."""

import tomllib
from pathlib import Path
from typing import Any

from mindspa.domain.errors import InvalidInput


def read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise InvalidInput(f"{path.name} is not UTF-8 text. Save the file as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{path.name} is not valid TOML: {error}.") from None
    except (ValueError, RecursionError):  # which the library lets through
        raise InvalidInput(
            f"{path.name} holds a number of too many digits, or lists too deep in each other."
        ) from None
