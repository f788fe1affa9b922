"""What the server's process holds with 100 sessions open on the patient page."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks import clinic
from benchmarks.server import PROGRAM, running
from mindspa.services.demo_accounts import CLINICIAN

SESSIONS = 100
STEP = 10  # sessions from one look at the memory to the next
AT_MOST = 350  # megabytes


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident megabytes: with nobody there, and with every ten sessions more."""

    idle: float
    open: Sequence[float]

    def printed(self) -> str:
        each = (self.open[-1] - self.open[0]) / (SESSIONS - STEP)
        return (
            f"Memory with {SESSIONS} sessions open on the patient page, each of another patient as "
            f"far as there are: {self.open[-1]:.0f} MB (at most {AT_MOST}); with nobody there "
            f"{self.idle:.0f} MB, each session {each:.2f} MB."
        )


def measure(database: Path) -> Memory:
    """Of the patients with the longest records."""
    url = f"sqlite:///{database}"
    runtime = clinic.opened(url, clinic.Clock())
    records = clinic.longest_records(runtime, SESSIONS)
    with running(PROGRAM, url, database.parent) as server, ExitStack() as tabs:
        browser = clinic.signed_in(runtime, server.address, CLINICIAN.login)
        runtime.database.dispose()
        idle, held = server.megabytes(), []
        for number, patient_id in enumerate(records, start=1):
            tab = tabs.enter_context(browser.tab())
            tab.open("patient", id=patient_id)
            assert tab.all("plotly_chart")
            if number % STEP == 0:
                held.append(server.megabytes())
    return Memory(idle, held)
