"""Write a note on the sheet of an infusion."""

from mindspa.domain import entered
from mindspa.domain.errors import InvalidInput
from mindspa.domain.infusion_sheet import SheetNote
from mindspa.services.open_sheet import open_sheet
from mindspa.services.unit_of_work import UnitOfWork


def write_sheet_note(
    work: UnitOfWork, infusion_id: str, text: str, *, entry_id: str | None = None
) -> SheetNote:
    """Added to those that are there. `entry_id` names the press, so that a second one adds
    nothing."""
    infusion = open_sheet(work, infusion_id)
    for note in work.records.sheets.notes_of(infusion_id):
        if note.id == entry_id:
            return note
    text = entered.note(text)
    if not text:
        raise InvalidInput("Write the note first.")
    note = SheetNote(
        entry_id or work.new_id(),
        infusion.patient_id,
        infusion_id,
        text,
        work.now,
        work.actor.id,
    )
    work.records.sheets.add_note(note)
    work.audit("sheet_note.written", about=infusion.patient_id, record=note.id)
    return note
