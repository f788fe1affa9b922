"""Random codes that people copy by hand: first passwords, recovery codes."""

import secrets

# No letter or digit that is taken for another when read aloud or copied by hand.
CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"


def random_code() -> str:
    """Sixteen random characters in four groups: about 79 bits."""
    return "-".join("".join(secrets.choice(CLEAR) for _ in range(4)) for _ in range(4))
