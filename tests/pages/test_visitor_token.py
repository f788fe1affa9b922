"""Whatever stands for a session's token and is none, nobody is signed in."""

from dataclasses import replace
from typing import Any
from unittest.mock import MagicMock

import pytest
from streamlit.testing.v1 import AppTest

from mindspa import bootstrap
from mindspa.bootstrap import Runtime
from mindspa.domain.access import Role
from mindspa.ui import session
from tests.factories import a_clinic, staff
from tests.pages.conftest import FRAME, sign_in


@pytest.mark.parametrize(
    "token",
    [
        None,
        "",
        "short",
        "A" * session.TOKEN_LENGTH,
        "A" * 100_000,
        b"A" * session.TOKEN_LENGTH,
        MagicMock(),  # what Streamlit's own tests give for every cookie
    ],
    ids=["none", "empty", "short", "made up", "long", "bytes", "mock"],
)
def test_a_token_that_is_none(runtime: Runtime, token: object) -> None:
    accounts = MagicMock(wraps=runtime.accounts)
    visited: dict[str, Any] = {"accounts": accounts, "visitor_token": lambda: token}
    bootstrap.install(replace(runtime, **visited))
    page = AppTest.from_file(str(FRAME), default_timeout=30).run()
    assert [title.value for title in page.title] == ["You are signed out"]
    assert not page.exception
    # What cannot be a token costs no look at the database.
    assert accounts.session.called is (token == "A" * session.TOKEN_LENGTH)


def test_a_real_one_is_of_that_length(runtime: Runtime) -> None:
    token = sign_in(runtime, staff(runtime, a_clinic(runtime), Role.CLINICIAN))
    assert len(token) == session.TOKEN_LENGTH
