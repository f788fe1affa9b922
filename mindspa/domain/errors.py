"""The one small tree of errors that people are meant to read.

Every message is a plain sentence that says what is wrong and what to do. None holds an answer,
a name or any other value of a patient: messages are shown, and may be logged.
"""


class MindSpaError(Exception):
    """Something a person can understand and act on; anything else is a defect."""


class TooManyTries(MindSpaError):
    """Somebody, perhaps another person, tried to sign in too often; the sentence says how long
    to wait."""


class SignInOver(MindSpaError):
    """A sign-in that was begun took too long, or was finished elsewhere: it is begun again."""


class SignOnFailed(MindSpaError):
    """The clinic's own sign-on is out of reach, or what it answered signs nobody in."""


class NotPermitted(MindSpaError):
    """The actor's roles do not allow this."""


class NotFound(MindSpaError):
    """No such record, or none that the actor may know of: the two are told apart nowhere."""


class InvalidInput(MindSpaError):
    """What was entered cannot be right; the sentence names the field."""


class AskAgain(InvalidInput):
    """What was entered can be right, and mostly is not: whoever entered it confirms it."""


class InvalidAnswers(InvalidInput):
    """Answers that the instrument does not allow. `item` and `value` are for the operator's own
    terminal and reject file; the message never holds the value."""

    def __init__(self, message: str, *, item: str | None = None, value: object = None) -> None:
        super().__init__(message)
        self.item = item
        self.value = value


class Stale(MindSpaError):
    """Somebody, perhaps the same person in another tab, saved a newer version meanwhile."""


class InvalidDefinition(MindSpaError):
    """A file of clinical content contradicts itself; the sentence names file and place."""


class InvalidSetting(MindSpaError):
    """A setting is unknown or impossible; the server does not start."""


class DatabaseUnusable(MindSpaError):
    """The database cannot be used as it is: newer, half-written, full or out of reach."""
