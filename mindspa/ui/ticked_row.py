"""Which row of a table is ticked: the browser names a place, which may be none of the table."""

from collections.abc import Sequence


def of(ids: Sequence[str], places: Sequence[object]) -> str | None:
    """The id of the first ticked row; None for none, and for a place that the table has not."""
    place = places[0] if places else None
    return ids[place] if isinstance(place, int) and 0 <= place < len(ids) else None
