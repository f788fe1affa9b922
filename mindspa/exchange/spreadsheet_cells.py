"""What a cell of a file may hold, so that no spreadsheet calculates with what somebody wrote."""

# What a spreadsheet takes for the start of a formula, and what it skips before one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: str | int | None) -> str | int | None:
    """A text that a spreadsheet would calculate is marked as a text; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
