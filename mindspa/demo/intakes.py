"""The new-patient forms of the simulated clinic: of everybody who was treated, and of newcomers in
every state that there is."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial
from random import Random

from mindspa.demo.clinic import SimulatedClinic
from mindspa.domain.access import Actor
from mindspa.domain.intake import NO, UNSURE, YES, Field, IntakeRules, Kind, Status, Verdict
from mindspa.services.answer_intake import hand_in, save_entry
from mindspa.services.register_patient import register_patient
from mindspa.services.review_intake import review_intake
from mindspa.services.unit_of_work import UnitOfWork

DAY = timedelta(days=1)
MEDICINES = (
    ("Sertraline", "150 mg"), ("Escitalopram", "20 mg"), ("Venlafaxine", "225 mg"),
    ("Bupropion", "300 mg"), ("Mirtazapine", "45 mg"), ("Duloxetine", "60 mg"),
)  # fmt: skip
_ELIGIBLE = "History and medicines read; nothing that speaks against it. Consent is complete."

# Name, login, why they come, and what has become of their forms.
NEWCOMERS = (
    ("Billie Demo-Alder", "billie", {"depression"}, Status.BEGUN),
    ("Drew Demo-Alder", "drew", {"depression", "ptsd"}, Status.TO_REVIEW),
    ("Gray Demo-Alder", "gray", {"anxiety"}, Status.MORE_NEEDED),
    ("Hollis Demo-Alder", "hollis", {"depression"}, Status.NOT_ELIGIBLE),
)
_REVIEWS = {
    Status.MORE_NEEDED: (Verdict.MORE_NEEDED, "Please add the doses of your medicines."),
    Status.NOT_ELIGIBLE: (
        Verdict.NOT_ELIGIBLE,
        "A bleed in the brain two years ago. Talked about other treatments.",
    ),
}


def fill_in(
    work: UnitOfWork, rng: Random, indications: Iterable[str], *, part: bool = False, **told: str
) -> None:
    """As the patient who acts in the unit. `told` are answers that differ from a healthy life's."""
    rules = work.definitions.intake
    given = {**_values(rules, rng, set(indications)), **told}
    if part:
        given = dict(list(given.items())[:6])
    for field, value in given.items():
        save_entry(work, field, value, replaces=0)
    if not part:
        hand_in(work)


def approve(work: UnitOfWork, patient_id: str) -> None:
    review_intake(work, patient_id, verdict=Verdict.ELIGIBLE, reason=_ELIGIBLE)


def newcomers_come(simulated: SimulatedClinic, seed: int) -> None:
    """In the days before the visitor comes."""
    for number, newcomer in enumerate(NEWCOMERS):
        at = simulated.agenda.ends_at - (3 - number / 2) * DAY
        rng = Random(f"newcomer {seed} {number}")
        simulated.agenda.add(at, partial(_comes, simulated, number, newcomer, rng))


def _comes(
    simulated: SimulatedClinic,
    number: int,
    newcomer: tuple[str, str, set[str], Status],
    rng: Random,
) -> None:
    name, login, indications, status = newcomer
    with simulated.runtime.unit_of_work(simulated.care_team) as work:
        patient = register_patient(work, name=name, phone=f"(212) 555-018{number}")
    actor: Actor = simulated.add_patient_account(login, name, patient.id)
    told = {"brain_bleed": YES} if status is Status.NOT_ELIGIBLE else {}
    with simulated.runtime.unit_of_work(actor) as work:
        fill_in(work, rng, indications, part=status is Status.BEGUN, **told)
    if status in _REVIEWS:
        verdict, reason = _REVIEWS[status]
        with simulated.runtime.unit_of_work(simulated.clinician) as work:
            review_intake(work, patient.id, verdict=verdict, reason=reason)


def _values(
    rules: IntakeRules, rng: Random, indications: set[str]
) -> Mapping[str, str | int | bool]:
    values: dict[str, str | int | bool] = {}
    for number, (name, dose) in enumerate(rng.sample(MEDICINES, rng.choice((2, 2, 3))), start=1):
        values |= {
            f"trial{number}_name": name,
            f"trial{number}_dose": dose,
            f"trial{number}_weeks": rng.choice((6, 8, 12, 26)),
            f"trial{number}_outcome": rng.choice(sorted(rules.trials.failed)),
        }
    reasons = {field.id: True for field in rules.fields.values() if field.indication in indications}
    others = {
        field.id: value
        for field in rules.fields.values()
        if (value := _ordinary(field, rng)) is not None
    }
    return reasons | values | others


def _ordinary(field: Field, rng: Random) -> str | None:
    match field.kind:
        case Kind.CHOICE:
            return UNSURE if rng.random() < 0.04 else NO
        case Kind.CONSENT:
            return field.version
        case Kind.PHONE:
            return f"(212) 555-01{rng.randrange(100):02}"
        case Kind.TEXT:
            return {"emergency_name": "Jo, my sister", "emergency_told": "That I need help"}.get(
                field.id
            )
        case Kind.LINES:
            return {"treatments": "Talk therapy for a year; it helped somewhat."}.get(field.id)
    return None
