"""What people saw acknowledged, to be held against what is stored."""

from collections import Counter
from dataclasses import dataclass, field

from mindspa.storage.database import Database
from tests.faults.sound import rows


@dataclass(slots=True)
class Ledger:
    """`answers`: by check-in and item, the value; `sent`: the check-ins."""

    answers: dict[tuple[str, str], int] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)

    def differences(self, database: Database) -> list[str]:
        """What is lost or doubled; empty when all is as it was acknowledged."""
        stored = rows(database, "SELECT check_in_id, item, value FROM given_answers")
        given = {(check_in, item): value for check_in, item, value in stored}
        sent = [row[0] for row in rows(database, "SELECT id FROM check_ins WHERE state = 'sent'")]
        forms = Counter(row[0] for row in rows(database, "SELECT check_in_id FROM stored_forms"))
        twice = Counter((check_in, item) for check_in, item, _ in stored)
        return [
            *(f"lost: {at}" for at, value in self.answers.items() if given.get(at) != value),
            *(f"lost: {check_in}" for check_in in self.sent if check_in not in sent),
            *(f"{number} forms: {check_in}" for check_in, number in forms.items() if number != 1),
            *(f"no form: {check_in}" for check_in in sent if not forms[check_in]),
            *(f"not sent: {check_in}" for check_in in forms if check_in not in sent),
            *(f"{number} times: {at}" for at, number in twice.items() if number != 1),
        ]
