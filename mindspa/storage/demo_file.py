"""Puts a newly built demo database where an old one is, whole or not at all."""

import os
from pathlib import Path

from mindspa.domain.errors import DatabaseUnusable
from mindspa.storage.sqlite_file import close_log, taken

REAL_CLINIC = (
    "This database holds a clinic that is no demo, and is left as it is. Name another one in "
    "MINDSPA_DATABASE_URL or with --db."
)


def put_in_place(built: Path, target: Path) -> None:
    """Refuses where somebody has `target` open, or it holds a clinic that is no demo."""
    close_log(built)
    if not target.exists():
        os.replace(built, target)
        return
    with taken(target) as connection:
        if connection.execute("SELECT 1 FROM clinics WHERE demo_built_at IS NULL").fetchone():
            raise DatabaseUnusable(REAL_CLINIC)
        os.replace(built, target)
