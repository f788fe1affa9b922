"""Move a form that was filed under the wrong patient to the right one; both records show it."""

from collections.abc import Iterable
from dataclasses import replace

from mindspa.domain import entered, safety
from mindspa.domain.access import Permission
from mindspa.domain.check_ins import StoredForm, origins
from mindspa.domain.errors import InvalidInput
from mindspa.domain.safety import Alert, Finding
from mindspa.services.correct_answers import standing
from mindspa.services.form_before import form_before
from mindspa.services.raise_alerts import raise_alerts
from mindspa.services.unit_of_work import UnitOfWork


def move_form(work: UnitOfWork, form_id: str, *, to: str, reason: str) -> StoredForm:
    """The form as it now stands in the record of the patient `to`, with the alerts that belong to
    it. Those in the record that it leaves stay, marked: somebody may be acting on them."""
    work.actor.require(Permission.CORRECT_RECORDS)
    filed_under = work.records.check_ins.form(form_id).patient_id
    if filed_under == to:
        raise InvalidInput("The form is in that record already. Choose the patient it belongs to.")
    work.write_about_both(filed_under, to)
    form = standing(work, form_id)
    why = entered.line(reason, what="The reason")
    if work.records.check_ins.answered_at(to, form.instrument, form.answered_at):
        raise InvalidInput("The other record has such a form of the same time already.")
    raised = _alerts_of(work, form)
    moved = replace(form, saved_at=work.now, entered_by=work.actor.id, reason=why)
    away = replace(
        moved,
        id=work.new_id(),
        answers={},
        total=None,
        version=form.version + 1,
        replaces=form.id,
        note=None,
        moved_to=to,
    )
    here = replace(
        moved,
        id=work.new_id(),
        patient_id=to,
        check_in_id=None,
        version=1,
        replaces=None,
        moved_from=filed_under,
    )
    work.records.check_ins.add_form(away)
    work.records.check_ins.add_form(here)
    work.records.alerts.mark_moved((alert.id for alert in raised), at=work.now)
    work.audit("form.moved_away", about=filed_under, record=away.id)
    work.audit("form.moved_here", about=to, record=here.id)
    raise_alerts(
        work,
        to,
        _findings(work, here, raised),
        answered_at=here.answered_at,
        form_id=here.id,
        source=here.source,
    )
    rules = work.definitions.safety
    if safety.contact_requests(rules, here.instrument, here.answers) and work.records.alerts.ask(
        work.new_id(), to, at=work.now
    ):
        work.audit("call.asked", about=to, record=here.id)
    return here


def _alerts_of(work: UnitOfWork, form: StoredForm) -> list[Alert]:
    """Of all of its versions, also of answers that were changed before it was sent."""
    check_ins = work.records.check_ins
    by_id = {f.id: f for f in check_ins.forms_of(form.patient_id)}
    names = origins(form, by_id, check_ins.all_of(form.patient_id))
    return [
        alert
        for alert in work.records.alerts.of_many([form.patient_id])
        if alert.instrument == form.instrument
        and (alert.check_in_id in names or alert.form_id in names)
    ]


def _findings(work: UnitOfWork, form: StoredForm, raised: Iterable[Alert]) -> list[Finding]:
    """What the answers raise in this record, and what was ever chosen in the form. A rise is
    measured from what this patient answered before."""
    rules = work.definitions.safety
    found = safety.findings(
        rules,
        form.instrument,
        form.answers,
        previous=form_before(work, form.patient_id, form.instrument, at=form.answered_at),
        total=form.total,
    )
    chosen = {trigger.id for trigger in rules.triggers}
    kept = (
        Finding(alert.rule, alert.tier, alert.instrument, alert.item, alert.value)
        for alert in raised
        if alert.rule in chosen
    )
    return list(dict.fromkeys((*found, *kept)))
