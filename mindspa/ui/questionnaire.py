"""The questions of a check-in: each answer is saved as it is chosen, in a fragment.

What a tab last drew is remembered in its session state. A choice is saved only where this tab's own
widget differs from that; a newer answer from elsewhere is drawn and never overwritten.
"""

from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

import streamlit as st

from mindspa.domain.access import Actor, Permission
from mindspa.domain.check_ins import GivenAnswer
from mindspa.domain.instruments import Instrument, Item, Kind
from mindspa.domain.safety import Screened
from mindspa.services.save_answer import LONGEST_NOTE, save_answer, save_note
from mindspa.services.show_check_in import Section, Sheet, show_check_in
from mindspa.ui import help_panel, notices, session, text_presses
from mindspa.ui.plain_text import plain

SEND, SEND_UNFINISHED = "check_in.send", "check_in.send_unfinished"
_ANSWERED_ELSEWHERE = (
    "This question was answered in another window meanwhile. What you see now is that answer. "
    "Change it if it is not right."
)


@dataclass(frozen=True, slots=True)
class _Words:
    """What differs with who answers."""

    permission: Permission
    send: str
    changed: str
    note: str
    about_note: str
    send_correction: str
    about_correction: str


_PATIENT = _Words(
    Permission.CHECK_IN,
    "Send",
    "You changed this answer. Your care team still sees both.",
    "Is there anything you would like to add? (optional)",
    "Your care team reads this at their next review, not at once. It is saved when you leave "
    "the field.",
    "Send the changes",
    "These are the answers that you sent. Change what is not right, then send the changes. What "
    "you sent before is kept as well, and your care team sees both.",
)
_STAFF = _Words(
    Permission.ENTER_ANSWERS,
    "Save check-in",
    "This answer was changed. Both are kept, and so is the alert.",
    "What else the patient said or wrote (optional)",
    "It is read with the answers, at the review. It is saved when you leave the field.",
    "Save correction",
    "These are the answers as they stand. Change what is not right, then save. The earlier version "
    "stays readable, and so does every alert.",
)

# What the page has just loaded, while it draws; a fragment's own run loads for itself.
_loaded: ContextVar[Sheet | None] = ContextVar("loaded", default=None)


@dataclass(slots=True)
class _Drawn:
    """What this tab shows of one check-in: by instrument and item the answer's value and revision,
    and the note. `left_out`: the note that came when the check-in was no longer open."""

    answers: dict[tuple[str, str], tuple[int | None, int]] = field(default_factory=dict)
    note: str = ""
    left_out: str = ""
    unsaved: set[str] = field(default_factory=set)  # keys of fields


# What was pressed and chosen


@dataclass(frozen=True, slots=True)
class Press:
    """Of one of the buttons that send."""

    unanswered_too: bool


def pressed() -> Press | None:
    button = text_presses.pressed(SEND_UNFINISHED, SEND)
    return Press(unanswered_too=button == SEND_UNFINISHED) if button else None


def save_changes(actor: Actor, check_in_id: str) -> str | None:
    """Saves what was chosen or typed in this tab since it was last drawn, each in its own unit of
    work; the sentence to show where an answer given elsewhere stands instead."""
    drawn = _drawn(check_in_id)
    stale = None
    chosen = {
        place: choice
        for place, (value, _) in drawn.answers.items()
        if (choice := st.session_state.get(_key(check_in_id, *place))) not in (None, value)
    }
    note_key = _note_key(check_in_id)
    note = st.session_state.get(note_key, drawn.note)
    drawn.unsaved = {_key(check_in_id, *place) for place in chosen}
    if note != drawn.note:
        drawn.unsaved.add(note_key)
    for (instrument, item), choice in chosen.items():
        with session.unit_of_work(actor) as work:
            given = save_answer(
                work,
                check_in_id,
                instrument_id=instrument,
                item_id=item,
                value=choice,
                replaces=drawn.answers[instrument, item][1],
            )
        drawn.unsaved.discard(_key(check_in_id, instrument, item))
        if given.value == choice:
            drawn.answers[instrument, item] = (given.value, given.revision)
        else:
            del drawn.answers[instrument, item]  # until it is drawn as it stands
            stale = _ANSWERED_ELSEWHERE
    if note != drawn.note:
        with session.unit_of_work(actor) as work:
            kept = save_note(work, check_in_id, note, replaces=drawn.note)
        drawn.unsaved.discard(note_key)
        if kept is None:
            drawn.left_out = note
        drawn.note = kept or note
    return stale


# Drawing


def draw(sheet: Sheet, *, stale: str | None, refused: bool) -> None:
    """`refused`: Send was pressed, and questions are still open. What the press came to stands
    beside its button."""
    check_in_id, words = sheet.check_in.id, _STAFF if sheet.check_in.by_staff else _PATIENT
    if sheet.check_in.corrects:
        words = replace(words, send=words.send_correction)
        st.info(words.about_correction, icon=":material/edit:")
    before = _loaded.set(sheet)
    try:
        for section in sheet.sections:
            _section(check_in_id, section.instrument.id, words)
        _note(check_in_id, words)
    finally:
        _loaded.reset(before)
    if stale:
        st.warning(stale, icon=":material/sync_problem:")
    if refused:
        _what_is_missing(sheet, words.send)
    st.button(words.send, key=SEND, type="primary", width="stretch")
    if refused and not sheet.blank:
        st.button(f"{words.send} without these answers", key=SEND_UNFINISHED, width="stretch")


def draw_screened(instrument: Instrument, screened: Screened | None, language: str) -> None:
    """For staff: what a screen has come to, and what follows; nothing of any other form."""
    script, language = instrument.script, instrument.language_for(language)
    if script is None:
        return
    call = f"Call {script.responder}"
    match screened:
        case Screened.NEGATIVE:
            st.info(script.negative[language], icon=":material/task_alt:")
        case Screened.ACUTE:
            said = plain(f"{script.acute[language]} {call} now.")
            st.error(said, icon=":material/e911_emergency:")
        case Screened.POSITIVE:
            st.warning(plain(f"{script.positive[language]} {call}."), icon=":material/warning:")
        case Screened.UNFINISHED:
            st.warning(plain(f"{script.unfinished[language]} {call}."), icon=":material/warning:")


def draw_note_left_out(check_in_id: str) -> None:
    """Below what became of a check-in: nothing that was typed vanishes without a word."""
    if note := _drawn(check_in_id).left_out:
        st.warning(
            "Your note is not part of this check-in: it had ended in another window before the "
            "note was saved, and your care team does not see it. To tell them, copy it into a new "
            "check-in. You wrote:",
            icon=":material/sync_problem:",
        )
        st.text(note)


@st.fragment
def _section(check_in_id: str, instrument_id: str, words: _Words) -> None:
    actor = session.require(words.permission)
    if _loaded.get() is None:
        text_presses.hand_on(SEND_UNFINISHED, SEND)
    stale = _save_in_fragment(actor, check_in_id)
    sheet = _sheet(actor, check_in_id)
    section = next(s for s in sheet.sections if s.instrument.id == instrument_id)
    _head(section, sheet.check_in.language)
    if stale:
        st.warning(stale, icon=":material/sync_problem:")
    instrument, language = section.instrument, sheet.check_in.language
    if instrument.script:
        said = instrument.script.before[instrument.language_for(language)]
        st.info(said, icon=":material/record_voice_over:")
    for number, item in enumerate(section.items, start=1):
        _question(sheet, section, number, item, words)
    _progress(section)
    draw_screened(instrument, section.screened, language)
    if instrument.script and section.shows_help:
        help_panel.draw(sheet.help)
    if instrument.kind in (Kind.STANDARD, Kind.SCREEN):
        st.caption(instrument.provenance.notice)  # its authors' terms, to be kept with it


def _save_in_fragment(actor: Actor, check_in_id: str) -> str | None:
    """What cannot be saved is said to be so, and tried again with the next tap. While the page
    draws there is nothing to do: it has just tried."""
    if _loaded.get():
        return None
    stale = None
    with notices.errors_shown(go_on=True):
        stale = save_changes(actor, check_in_id)
    return stale  # noqa: RET504  # None after an error


def _sheet(actor: Actor, check_in_id: str) -> Sheet:
    """The page is run again, and shows what became of it, where the check-in is not open."""
    if sheet := _loaded.get():
        return sheet
    with notices.errors_shown(), session.reading(actor) as work:
        shown = show_check_in(work, check_in_id)
    if not isinstance(shown, Sheet):
        st.rerun(scope="app")
    return shown


def _head(section: Section, language: str) -> None:
    instrument = section.instrument
    shown = instrument.language_for(language)
    st.header(instrument.title[shown], anchor=False)
    if instrument.stem:
        st.text(instrument.stem[shown])
    else:
        st.text(f"This is about the {instrument.recall_label[shown]}.")


def _question(sheet: Sheet, section: Section, number: int, item: Item, words: _Words) -> None:
    instrument = section.instrument
    language = instrument.language_for(sheet.check_in.language)
    if item.intro:
        st.info(item.intro[language], icon=":material/lock_person:")
    key = _remember(sheet.check_in.id, instrument.id, item.id, section.answers.get(item.id))
    st.radio(
        # Not "1.": in a label that would be a list, and its number be lost.
        f"{number} · {item.text[language]}",
        [option.value for option in item.options],
        index=None,
        format_func={option.value: option.text[language] for option in item.options}.__getitem__,
        key=key,
        width="stretch",
    )
    if section.shows_help and item.id == instrument.safety_item:
        if section.changed:
            st.text(words.changed)
        help_panel.draw(sheet.help)


def _remember(
    check_in_id: str, instrument_id: str, item_id: str, stored: GivenAnswer | None
) -> str:
    """The widget's key, after it was given the stored answer where it shows another: that of a
    reload, of another tab, or none where a choice could not be kept. What could not be saved stays
    chosen, and is not counted as saved."""
    key, drawn = _key(check_in_id, instrument_id, item_id), _drawn(check_in_id)
    value, revision = (stored.value, stored.revision) if stored else (None, 0)
    if key in drawn.unsaved:
        return key
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    drawn.answers[instrument_id, item_id] = (value, revision)
    return key


def _progress(section: Section) -> None:
    """All that is drawn as answered has been stored."""
    of = len(section.items)
    answered = of - len(section.missing)
    words = f"{answered} of {of} answered" + (", saved" if answered else "")
    st.progress(answered / of, text=words)


@st.fragment
def _note(check_in_id: str, words: _Words) -> None:
    actor = session.require(words.permission)
    if _loaded.get() is None:
        text_presses.hand_on(SEND_UNFINISHED, SEND)
    _save_in_fragment(actor, check_in_id)
    stored = _sheet(actor, check_in_id).check_in.note or ""
    key, drawn = _note_key(check_in_id), _drawn(check_in_id)
    if key not in drawn.unsaved:
        if st.session_state.get(key) != stored:
            st.session_state[key] = stored
        drawn.note = stored
    st.text_area(
        words.note,
        key=key,
        max_chars=LONGEST_NOTE,
    )
    # Always of one length: a line more would move Send away under the finger that presses it.
    st.caption(words.about_note)


def _what_is_missing(sheet: Sheet, send: str) -> None:
    if sheet.blank:
        st.warning(f"Nothing was answered when you pressed {send}. Answer what you can, then send.")
        return
    missing = "; ".join(_missing_numbers(sheet))
    st.warning(
        f"Not answered when you pressed {send}: {missing}. You can answer them now, or send "
        "without them.",
        icon=":material/pending:",
    )


def _missing_numbers(sheet: Sheet) -> Iterator[str]:
    for section in sheet.sections:
        if not section.missing:
            continue
        instrument = section.instrument
        name = instrument.title[instrument.language_for(sheet.check_in.language)]
        word = "question" if len(section.missing) == 1 else "questions"
        yield f"{word} {', '.join(map(str, section.missing))} of “{name}”"


# Names in session state


def _drawn(check_in_id: str) -> _Drawn:
    found: _Drawn = st.session_state.setdefault(f"check_in.drawn:{check_in_id}", _Drawn())
    return found


def _key(check_in_id: str, instrument_id: str, item_id: str) -> str:
    return f"answer:{check_in_id}:{instrument_id}:{item_id}"


def _note_key(check_in_id: str) -> str:
    return f"note:{check_in_id}"
