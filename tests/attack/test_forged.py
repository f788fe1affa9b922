"""Messages that no page of ours sends, over the connection of somebody who is signed in."""

from contextlib import suppress

import pytest
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest, BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from mindspa.settings import PROJECT_ROOT
from tests.attack import pair
from tests.attack.conftest import OpenTab, Target
from tests.attack.pair import Someone
from tests.client import PATIENCE, Drawn, Tab

CLINICIAN, CARE_TEAM = "clinician@north.example", "care_team@north.example"
ADMINISTRATOR = "administrator@north.example"

# Which field of its state carries a widget's value.
FIELDS = {"number_input": "double_value", "button": "trigger_value"}


def state_of(widget: Drawn, value: object) -> WidgetState:
    state = WidgetState(id=widget.content.id)
    if widget.kind in ("date_input", "date_time_input"):
        state.string_array_value.data.append(str(value))
    else:
        setattr(state, FIELDS.get(widget.kind, "string_value"), value)
    return state


def widget(tab: Tab, key: str) -> Drawn:
    """By the key that our pages give it, which stands at the end of its id."""
    (found,) = [
        drawn
        for drawn in tab.drawn.values()
        if key in str(getattr(drawn.content, "id", "")).split("-", 2)[-1].split(":")
    ]
    return found


def patient_page(target: Target, tab: OpenTab, login: str, part: str | None = None) -> Tab:
    opened = tab(target.pair[login], "patient", id=target.pair["ben"].patient_id)
    if part is not None:
        opened.expand(part)
    return opened


def alert_page(target: Target, tab: OpenTab, login: str, part: str = "Close this alert") -> Tab:
    opened = tab(target.pair[login], "alerts", id=target.pair["ben"].case_id)
    opened.expand(part)
    return opened


def plan_page(target: Target, tab: OpenTab, task: str) -> Tab:
    """With the fields of one change of the plan."""
    opened = patient_page(target, tab, CLINICIAN, "Course and schedule")
    opened.forge(opened.state(state_of(widget(opened, "plan_task"), task)))
    return opened


def submit(tab: Tab, button: str, **values: object) -> None:
    """The fields of a form and its button, in one message as a browser sends them."""
    state = tab.state(state_of(widget(tab, button), True))
    for key, value in values.items():
        state.widget_states.widgets.append(state_of(widget(tab, key), value))
    tab.forge(state)


def shows_nothing_of_patients(target: Target, tab: Tab, viewer: Someone) -> None:
    for patient in target.pair.patients():
        if patient != viewer:
            assert pair.mark(patient.login) not in tab.words()


# Pages


@pytest.mark.parametrize("login", ["ana", ADMINISTRATOR])
@pytest.mark.parametrize("page", ["follow_up", "patients", "patient"])
def test_the_hash_of_a_page_of_another_role_opens_nothing(
    target: Target, tab: OpenTab, login: str, page: str
) -> None:
    theirs = tab(target.pair[CLINICIAN], page, id=target.pair["ben"].patient_id).state()
    assert theirs.page_script_hash
    opened = tab(target.pair[login], "")
    opened.forge(theirs)
    assert "There is no such page" in opened.words()
    shows_nothing_of_patients(target, opened, target.pair[login])


@pytest.mark.parametrize(
    ("page_hash", "name"),
    [
        ("0" * 32, ""),
        ("no hash at all", ""),
        ("", "../../mindspa/ui/frame"),
        ("", "pages/patient.py"),
        ("", str(PROJECT_ROOT / "pages" / "patient.py")),
        ("", "patient\x00"),
        ("", "today/../patient"),
        ("", "x" * 100_000),
    ],
)
def test_made_up_pages_open_nothing(
    target: Target, tab: OpenTab, page_hash: str, name: str
) -> None:
    ana = target.pair["ana"]
    opened = tab(ana, "")
    state = opened.state()
    state.page_script_hash, state.page_name = page_hash, name
    state.query_string = f"id={target.pair['ben'].patient_id}"
    with suppress(LookupError):
        opened.forge(state)
    assert opened.page in ("", "today")
    shows_nothing_of_patients(target, opened, ana)


# Fragments


def test_a_fragment_of_another_session_does_not_run(target: Target, tab: OpenTab) -> None:
    """Nor does it for somebody who knows the ids of all that the other is asked."""
    before = target.records()
    ana, ben = target.pair["ana"], target.pair["ben"]
    asked = tab(ana, "check_in", id=ana.open_id).all("radio")[0]
    answer = state_of(asked, asked.content.options[-1])
    for other, page in ((ben, "today"), (ben, "check_in"), (target.pair[CLINICIAN], "patients")):
        opened = tab(other, page)
        ignored = opened.state(answer, asked.fragment)
        ignored.query_string = f"id={ana.open_id}"
        opened.send(BackMsg(rerun_script=ignored))  # not even answered
        opened.rerun()
    assert target.records() == before


def test_a_made_up_fragment_does_not_run(target: Target, tab: OpenTab) -> None:
    before = target.records()
    opened = tab(target.pair["ana"], "today")
    for fragment in ("0" * 32, "../patient", "x" * 100_000):
        opened.send(BackMsg(rerun_script=opened.state(fragment=fragment)))
    opened.rerun()
    assert opened.errors() == []
    assert target.records() == before


# Values that a page does not offer


@pytest.mark.parametrize("value", ["of no option", "3", "", "None of the time ", "x" * 100_000])
def test_an_answer_that_is_no_option_is_not_stored(
    target: Target, tab: OpenTab, value: str
) -> None:
    before = target.records()
    opened = tab(target.pair["ana"], "check_in", id=target.pair["ana"].open_id)
    for asked in opened.all("radio"):
        opened.forge(opened.state(state_of(asked, value), asked.fragment))
        assert ["takes one of" in error for error in opened.errors()] == [True]
        opened.reload()  # what was refused is not sent again
    assert target.records() == before


@pytest.mark.parametrize("to", ["ana", "ben"])
def test_answers_to_the_questions_of_another_are_not_taken(
    target: Target, tab: OpenTab, to: str
) -> None:
    """Ben sends Ana's own ids and options, to her check-in or to his."""
    before = target.records()
    ana = target.pair["ana"]
    asked = tab(ana, "check_in", id=ana.open_id).all("radio")
    opened = tab(target.pair["ben"], "check_in", id=target.pair[to].open_id)
    state = opened.state()
    for question in asked:
        state.widget_states.widgets.append(state_of(question, question.content.options[-1]))
    opened.forge(state)
    assert target.records() == before


def test_a_note_over_the_longest_is_cut_where_the_page_would_stop(
    target: Target, tab: OpenTab
) -> None:
    ana = target.pair["ana"]
    opened = tab(ana, "check_in", id=ana.open_id)
    note = opened.all("text_area")[0]
    opened.forge(opened.state(state_of(note, "x" * 100_000), note.fragment))
    assert target.rows("SELECT length(note) FROM check_ins WHERE id = ?", ana.open_id) == [(2000,)]


GIVEN = {"given_day": "2026-06-10", "given_start": "08:00", "given_end": "09:00"}
UNPLANNED = GIVEN | {"given_infusion": "One that was not planned"}
RATED = {"rate_day": "2026-06-10", "rate_time": "08:00"}


@pytest.mark.parametrize(
    ("part", "button", "values"),
    [
        ("Infusions", "given_send", GIVEN | {"given_infusion": "of no option"}),
        ("Infusions", "given_send", UNPLANNED | {"given_start": "25:99"}),
        ("Infusions", "given_send", UNPLANNED | {"given_end": "07:00"}),
        ("Infusions", "given_send", UNPLANNED | {"given_dose": 1e9}),
        ("Infusions", "given_send", UNPLANNED | {"given_dose": 1e300, "given_weight": 80.0}),
        ("Infusions", "given_send", UNPLANNED | {"given_weight": 1e300}),
        ("Ratings", "rate_send", RATED | {"rate_total_cadss": -1.0}),
        ("Ratings", "rate_send", RATED | {"rate_total_cadss": 93.0}),
        ("Ratings", "rate_send", RATED | {"rate_total_cadss": 1e300}),
        ("Ratings", "rate_send", RATED | {"rate_instrument": "phq9", "rate_total_cadss": 3.0}),
    ],
)
def test_what_a_form_does_not_offer_is_refused_in_a_sentence(
    target: Target, tab: OpenTab, part: str, button: str, values: dict[str, object]
) -> None:
    before = target.records()
    opened = patient_page(target, tab, CLINICIAN, part)
    submit(opened, button, **values)
    assert len(opened.refusals()) == 1
    assert target.records() == before


@pytest.mark.parametrize(
    ("part", "button", "values"),
    [
        ("Close this alert", "alert_close", {"alert_outcome": "of no option"}),
        ("Close this alert", "alert_close", {"alert_outcome": "merged"}),
        ("Close this alert", "alert_close", {"alert_outcome": "Assessed"}),  # without a note
        ("While you talk", "alert_attempt", {"alert_reached": "of no option"}),
        ("While you talk", "alert_attempt", {"alert_way": "of no option"}),
        ("Hand over", "alert_hand", {"alert_to": "of no option"}),
    ],
)
def test_what_an_alert_does_not_offer_is_refused_in_a_sentence(
    target: Target, tab: OpenTab, part: str, button: str, values: dict[str, object]
) -> None:
    before = target.records()
    opened = alert_page(target, tab, CLINICIAN, part)
    submit(opened, button, **values)
    assert len(opened.refusals()) == 1
    assert target.records() == before


@pytest.mark.parametrize("whose", ["clinician@south.example", ADMINISTRATOR, "ana"])
def test_an_alert_is_handed_to_nobody_who_does_not_handle_alerts_here(
    target: Target, tab: OpenTab, whose: str
) -> None:
    before = target.records()
    ((person,),) = target.rows("SELECT id FROM people WHERE login = ?", whose)
    opened = alert_page(target, tab, CLINICIAN, "Hand over")
    submit(opened, "alert_hand", alert_to=person)
    assert opened.refusals() == ["Choose the colleague who takes it."]
    assert target.records() == before


@pytest.mark.parametrize(
    ("task", "values"),
    [
        ("Plan an infusion", {"plan_at": "9999/12/31, 09:00"}),
        ("Plan an infusion", {"plan_at": "no day"}),
        ("Plan an infusion", {"plan_at": "2026/06/20, 09:00", "plan_course": "of no option"}),
        ("Plan an induction", {"plan_first": "1900/01/01, 09:00"}),
        ("Cancel an infusion", {"plan_infusion": "of no option", "plan_reason": "x"}),
        ("Move an infusion", {"plan_infusion": "of no option"}),
        ("End the course", {"plan_reason": " \n"}),
        ("End the course", {"plan_task": "of no option"}),
    ],
)
def test_what_a_plan_does_not_offer_is_refused_in_a_sentence(
    target: Target, tab: OpenTab, task: str, values: dict[str, object]
) -> None:
    before = target.records()
    opened = plan_page(target, tab, task)
    submit(opened, "plan_send", **values)
    assert len(opened.refusals()) == 1
    assert target.records() == before


def test_no_field_takes_a_book(target: Target, tab: OpenTab) -> None:
    before = target.records()
    opened = plan_page(target, tab, "Cancel an infusion")
    submit(opened, "plan_send", plan_reason="x" * 100_000)
    assert len(opened.refusals()) == 1
    assert target.records() == before


def test_a_note_on_an_alert_is_cut_where_the_page_would_stop(target: Target, tab: OpenTab) -> None:
    opened = alert_page(target, tab, CLINICIAN)
    submit(opened, "alert_close", alert_outcome="Assessed", alert_close_note="x" * 100_000)
    assert target.rows("SELECT length(note) FROM alert_events WHERE step = 'closed'") == [(2000,)]


@pytest.mark.parametrize("owner", ["ana", "sam"])
@pytest.mark.parametrize("state", ["planned", "given"])
def test_an_infusion_of_another_patient_is_not_on_this_page(
    target: Target, tab: OpenTab, owner: str, state: str
) -> None:
    """Streamlit hands on whatever stands in the message, and here it is an id that exists."""
    before = target.records()
    ((other,), *_) = target.rows(
        "SELECT id FROM infusions WHERE patient_id = ? AND status = ?",
        target.pair[owner].patient_id,
        state,
    )
    opened = patient_page(target, tab, CLINICIAN, "Infusions")
    submit(opened, "given_send", **GIVEN, given_infusion=other)
    assert len(opened.refusals()) == 1
    opened = plan_page(target, tab, "Cancel an infusion")
    submit(opened, "plan_send", plan_infusion=other, plan_reason="x")
    assert len(opened.refusals()) == 1
    assert target.records() == before


@pytest.mark.parametrize("page", ["follow_up", "patients", "alerts"])
@pytest.mark.parametrize("row", ["99", "-1", '"x"', "null", "0.5", "[]"])
def test_a_row_that_the_table_has_not_opens_nothing(
    target: Target, tab: OpenTab, page: str, row: str
) -> None:
    before = target.records()
    opened = tab(target.pair[CLINICIAN], page)
    table = opened.all("dataframe")[0]
    opened.forge(opened.state(state_of(table, f'{{"selection": {{"rows": [{row}]}}}}')))
    assert (opened.page, opened.refusals()) == (page, [])
    assert target.records() == before


@pytest.mark.parametrize("picked", ["follow_up_picker", "patients_picker", "alerts_picker"])
def test_a_picked_name_that_is_none_of_the_list_opens_nothing(
    target: Target, tab: OpenTab, picked: str
) -> None:
    page = picked.removesuffix("_picker")
    opened = tab(target.pair[CLINICIAN], page)
    opened.forge(opened.state(state_of(widget(opened, picked), target.pair["sam"].patient_id)))
    assert pair.mark("sam") not in opened.words()


# Presses


@pytest.mark.parametrize("login", [CARE_TEAM, ADMINISTRATOR, "ana", "ben"])
def test_a_press_on_what_was_never_drawn_does_nothing(
    target: Target, tab: OpenTab, login: str
) -> None:
    """The ids of a whole form, copied from somebody whose role has it."""
    before = target.records()
    theirs = alert_page(target, tab, CLINICIAN)
    opened = tab(target.pair[login], "")
    if login == CARE_TEAM:
        opened.open("alerts", id=target.pair["ben"].case_id)
    state = opened.state()
    for key, value in (
        ("alert_outcome", "Assessed"),
        ("alert_close_note", "x"),
        ("alert_close", True),
    ):
        state.widget_states.widgets.append(state_of(widget(theirs, key), value))
    opened.forge(state)
    assert target.records() == before


def test_what_the_care_team_may_not_do_is_refused_where_it_is_done(
    target: Target, tab: OpenTab
) -> None:
    """A clinician's tab, whose account is of the care team from now on: it has drawn the form."""
    before = target.records()
    opened = alert_page(target, tab, CLINICIAN)
    target.change("UPDATE people SET roles = 'care_team' WHERE login = ?", CLINICIAN)
    submit(opened, "alert_close", alert_outcome="Assessed", alert_close_note="x")
    assert opened.refusals() == ["Your account does not have access to this."]
    assert target.records() == before


# Streamlit's other messages


@pytest.mark.parametrize(
    "message",
    [
        "clear_cache",
        "set_run_on_save",
        "stop_script",
        "load_git_info",
        "debug_disconnect_websocket",
        "debug_shutdown_runtime",
        "app_heartbeat",
    ],
)
def test_other_messages_change_nothing(target: Target, tab: OpenTab, message: str) -> None:
    before = target.records()
    opened = tab(target.pair["ana"], "today")
    sent = BackMsg()
    setattr(sent, message, True)
    opened.send(sent)
    opened.rerun()
    assert opened.words()
    assert target.records() == before


@pytest.mark.parametrize("operation", ["install_skills", "dismiss_skills_nudge"])
def test_nothing_is_written_into_the_programs_folder(
    target: Target, tab: OpenTab, operation: str
) -> None:
    """Streamlit installs files beside the program for whoever asks, unless it runs as a server."""
    opened = tab(target.pair["ana"], "today")
    asked = BackendOperationRequest(session_id=opened.session_id)
    getattr(asked, operation).SetInParent()
    opened.send(BackMsg(backend_operation_request=asked))
    answer = ForwardMsg()
    while not answer.HasField("backend_operation_response"):
        answer = ForwardMsg.FromString(opened.socket.recv(timeout=PATIENCE, decode=False))
    assert "not available" in answer.backend_operation_response.error_msg


def test_a_state_of_nothing_at_all_is_a_first_visit(target: Target, tab: OpenTab) -> None:
    opened = tab(target.pair["ana"], "today")
    with suppress(LookupError):
        opened.forge(ClientState())
    assert opened.page == "today"
