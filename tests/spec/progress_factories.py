"""Forms and infusions around one first infusion, and the progress that follows from them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.outcomes import Progress, progress
from mindspa.domain.schedule import Occasion, OccasionStatus
from mindspa.domain.treatment import Course, Infusion, InfusionStatus, Patient, Phase, Substance
from mindspa.settings import DATA_FOLDER
from mindspa.storage.definition_files.instruments import load_instruments
from mindspa.storage.definition_files.rules import load_rules

INSTRUMENTS = load_instruments(DATA_FOLDER / "instruments")
CHANGES, _ = load_rules(DATA_FOLDER / "rules.toml", INSTRUMENTS)

NEW_YORK = "America/New_York"
START = datetime(2026, 6, 10, 16, 0, tzinfo=UTC)  # of the first infusion: a Wednesday noon
END = START + timedelta(hours=1)
DAY, HOUR, TICK = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)

_ids = count()


def a_form(
    total: int | None,
    at: datetime = START,
    instrument: str = "phq9",
    *,
    date_only: bool = False,
    occasion: str | None = None,
) -> StoredForm:
    return StoredForm(
        id=f"form {next(_ids)}",
        patient_id="p",
        instrument=instrument,
        instrument_version="1",
        language="en",
        answers={},
        total=total,
        scorer_version="1",
        mode=Mode.REMOTE,
        answered_at=at,
        saved_at=at,
        entered_by="p",
        date_only=date_only,
        occasion=occasion,
    )


def an_infusion(
    starts_at: datetime = START,
    *,
    course: str = "induction",
    status: InfusionStatus = InfusionStatus.GIVEN,
    substance: Substance = Substance.KETAMINE,
    date_only: bool = False,
) -> Infusion:
    return Infusion(
        id=f"infusion {next(_ids)}",
        patient_id="p",
        course_id=course,
        planned_at=starts_at,
        status=status,
        started_at=starts_at,
        ended_at=starts_at + HOUR,
        substance=substance,
        date_only=date_only,
    )


INDUCTION = Course("induction", "p", Phase.INDUCTION, START)


def progress_of(
    forms: Sequence[StoredForm],
    infusions: Sequence[Infusion],
    courses: Sequence[Course] = (INDUCTION,),
    occasions: Sequence[tuple[Occasion, OccasionStatus]] = (),
    now: datetime = START + 400 * DAY,
) -> Progress:
    return progress(
        Patient("p", "Pat Example"),
        courses,
        infusions,
        forms,
        occasions,
        (),
        instruments=INSTRUMENTS,
        changes=CHANGES,
        zone=NEW_YORK,
        now=now,
    )
