"""Check-ins, the answers given in them and the forms that are stored from them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Mode(StrEnum):
    REMOTE = "remote"  # by the patient, on a device of their own
    BY_PHONE = "by_phone"  # asked and entered by staff
    IN_PERSON = "in_person"  # asked and entered by staff
    ON_TABLET = "on_tablet"  # by the patient, on a tablet of the clinic
    ON_PAPER = "on_paper"  # answered on paper, entered later
    IMPORTED = "imported"


class CheckInState(StrEnum):
    OPEN = "open"
    SENT = "sent"
    LAPSED = "lapsed"  # its window closed before it was sent; what was answered is kept


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One sitting. `closes_at` is when it can no longer be sent: yesterday's recall is not
    Tuesday's. A sent check-in's time is the server's instant of sending, but for one from paper:
    `answered_at` is when the patient wrote it.

    `corrects`: this one replaces answers that were sent: those of the check-in of that id, or the
    form of that id where it came without one. Staff who correct give a `reason`; its `mode` stays
    that in which the answers first came, and `answered_at` says when that was."""

    id: str
    patient_id: str
    forms: tuple[str, ...]  # instrument ids, in the order they are asked
    variant: str | None  # of the pulse: "before" or "after" an infusion
    state: CheckInState
    opened_at: datetime
    closes_at: datetime
    sent_at: datetime | None
    language: str
    mode: Mode
    opened_by: str
    note: str | None = None
    answered_at: datetime | None = None
    corrects: str | None = None
    reason: str | None = None

    @property
    def by_staff(self) -> bool:
        """Opened by staff: a patient does not go on with it on a device of their own."""
        return self.mode is not Mode.REMOTE or self.reason is not None


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One choice, kept for good: a changed mind is a further revision, never an overwrite."""

    check_in_id: str
    instrument: str
    item: str
    revision: int  # 1 for the first choice of this item in this check-in
    value: int
    given_at: datetime
    given_by: str


@dataclass(frozen=True, slots=True)
class StoredForm:
    """A form as handed in. Nothing is edited in place: a correction is a new version.

    A correction says what the answer was at the time, not how things are now: it keeps the
    `answered_at` of the version that it `replaces`, and so the occasion it counts for and its place
    in the 24-72 h figures. `saved_at`, `entered_by` and `reason` are its own.

    A form that was filed under the wrong patient is replaced there by a version that holds nothing
    and is `moved_to` another record; there it stands as a form of its own, `moved_from` this one.

    `answers` holds the raw answers that were given, and no entry for those that were not.
    `total` is None when a scored item is unanswered; for an instrument that is entered as a total
    it is what the clinician gave. `answered_at` is when the person answered, `saved_at` when the
    clinic's database got it. `date_only`: the source knew the day, and noon stands for it.
    """

    id: str
    patient_id: str
    instrument: str
    instrument_version: str
    language: str
    answers: Mapping[str, int]
    total: int | None
    scorer_version: str
    mode: Mode
    answered_at: datetime
    saved_at: datetime
    entered_by: str
    date_only: bool = False
    opened_at: datetime | None = None
    variant: str | None = None
    check_in_id: str | None = None
    occasion: str | None = None  # the code of the occasion that a source named, e.g. "baseline"
    source: str | None = None  # of an imported form
    version: int = 1
    replaces: str | None = None
    reason: str | None = None
    note: str | None = field(default=None, repr=False)
    moved_to: str | None = None
    moved_from: str | None = None

    @property
    def corrected(self) -> bool:
        return self.version > 1

    @property
    def origin(self) -> str:
        """What a correction of it names: see `CheckIn.corrects`."""
        return self.check_in_id or self.id


def origins(
    form: StoredForm, by_id: Mapping[str, StoredForm], check_ins: Iterable[CheckIn]
) -> frozenset[str]:
    """What an alert can name that this form, or a version of it before, has raised. `by_id`: the
    forms of its patient."""
    found, version = {form.id, form.origin}, form
    while version.replaces and version.replaces in by_id:
        version = by_id[version.replaces]
        found.add(version.id)
    return frozenset(found | {check_in.id for check_in in check_ins if check_in.corrects in found})


def without_moved(forms: Sequence[StoredForm]) -> tuple[StoredForm, ...]:
    """Without any version of those that were filed under the wrong patient: they say nothing of
    this one, and something of another."""
    by_id = {form.id: form for form in forms}
    away: set[str] = set()
    for form in forms:
        if form.moved_to is not None:
            away |= origins(form, by_id, ())
    return tuple(form for form in forms if form.id not in away)


def newest_versions(forms: Iterable[StoredForm]) -> tuple[StoredForm, ...]:
    """In order of answering, without those that a correction replaced or that were moved away."""
    kept = tuple(forms)
    replaced = {form.replaces for form in kept}
    return tuple(
        sorted(
            (form for form in kept if form.id not in replaced and form.moved_to is None),
            key=lambda form: (form.answered_at, form.saved_at, form.id),
        )
    )
