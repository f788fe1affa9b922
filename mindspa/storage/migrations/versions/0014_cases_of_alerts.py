"""What the team does about alerts, with an owner and a clock, and who is on duty.

Every alert with a clock gets its case: one for all that are open of a patient, already due, and one
for each that was closed.
"""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0014"
down_revision = "0013"

_CASES, _EVENTS, _NOT_CLOSED = "alert_cases", "alert_events", "state != 'closed'"


def upgrade() -> None:
    _create_tables()
    op.add_column("alerts", sa.Column("case_id", sa.String(24), nullable=True))
    _begin_cases()
    with op.batch_alter_table("alerts") as alerts:
        alerts.create_foreign_key(
            op.f("fk_alerts_clinic_id_case_id"),
            _CASES,
            ["clinic_id", "case_id"],
            ["clinic_id", "id"],
        )


def _begin_cases() -> None:
    """Of the open ones the first to be raised names the case, as the first does afterwards."""
    op.execute(
        """
        UPDATE alerts SET case_id = CASE WHEN state = 'closed' THEN id ELSE (
            SELECT first.id FROM alerts AS first
            WHERE first.clinic_id = alerts.clinic_id AND first.patient_id = alerts.patient_id
              AND first.state != 'closed' AND NOT first.historic
            ORDER BY first.raised_at, first.id LIMIT 1) END
        WHERE NOT historic
        """
    )
    op.execute(
        """
        INSERT INTO alert_cases (clinic_id, patient_id, id, tier, state, opened_at, due_at, next_at,
                                 version, closed_at, closed_by, outcome)
        SELECT clinic_id, patient_id, case_id,
               CASE WHEN MAX(CASE WHEN tier = 'immediate' THEN 1 ELSE 0 END) = 1
                    THEN 'immediate' ELSE 'same_day' END,
               MIN(state), MIN(raised_at), MIN(raised_at),
               CASE WHEN MIN(state) = 'closed' THEN NULL ELSE MIN(raised_at) END,
               CASE WHEN MIN(state) = 'closed' THEN 2 ELSE 1 END,
               MIN(closed_at), MIN(closed_by), MIN(outcome)
        FROM alerts WHERE case_id IS NOT NULL GROUP BY clinic_id, patient_id, case_id
        """
    )
    op.execute(
        """
        UPDATE alert_cases SET closed_by_name = (
            SELECT people.name FROM people
            WHERE people.clinic_id = alert_cases.clinic_id AND people.id = alert_cases.closed_by)
        """
    )
    op.execute(
        """
        INSERT INTO alert_events (clinic_id, patient_id, case_id, number, at, "by", by_name, step,
                                  tier)
        SELECT clinic_id, patient_id, id, 1, opened_at, 'worker', 'worker', 'raised', tier
        FROM alert_cases
        """
    )
    op.execute(
        """
        INSERT INTO alert_events (clinic_id, patient_id, case_id, number, at, "by", by_name, step,
                                  tier, outcome, note)
        SELECT a.clinic_id, a.patient_id, a.id, 2, a.closed_at, a.closed_by, COALESCE(p.name, ''),
               'closed', a.tier, a.outcome, a.note
        FROM alerts AS a LEFT JOIN people AS p ON p.clinic_id = a.clinic_id AND p.id = a.closed_by
        WHERE a.state = 'closed' AND NOT a.historic
        """
    )


def _create_tables() -> None:
    of_patient = (["clinic_id", "patient_id"], ["patients.clinic_id", "patients.id"])
    op.create_table(
        _CASES,
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("patient_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", UtcInstant(), nullable=False),
        sa.Column("due_at", UtcInstant(), nullable=False),
        sa.Column("next_at", UtcInstant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("owner_name", sa.String(), nullable=True),
        sa.Column("owned_at", UtcInstant(), nullable=True),
        sa.Column("attempted_at", UtcInstant(), nullable=True),
        sa.Column("escalated_at", UtcInstant(), nullable=True),
        sa.Column("closed_at", UtcInstant(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("closed_by_name", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(*of_patient, name=op.f(f"fk_{_CASES}_clinic_id_patient_id")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{_CASES}")),
    )
    for column in ("patient_id", "opened_at"):
        op.create_index(op.f(f"ix_{_CASES}_clinic_id_{column}"), _CASES, ["clinic_id", column])
    for name, column, unique in (
        ("uq_alert_cases_open", "patient_id", True),
        ("ix_alert_cases_next", "next_at", False),
    ):
        op.create_index(
            name,
            _CASES,
            ["clinic_id", column],
            unique=unique,
            sqlite_where=sa.text(_NOT_CLOSED),
            postgresql_where=sa.text(_NOT_CLOSED),
        )
    op.create_table(
        _EVENTS,
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("patient_id", sa.String(24), nullable=False),
        sa.Column("case_id", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("handed_to", sa.String(), nullable=True),
        sa.Column("handed_to_name", sa.String(), nullable=True),
        sa.Column("contact_id", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(*of_patient, name=op.f(f"fk_{_EVENTS}_clinic_id_patient_id")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "case_id"],
            [f"{_CASES}.clinic_id", f"{_CASES}.id"],
            name=op.f(f"fk_{_EVENTS}_clinic_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "case_id", "number", name=op.f(f"pk_{_EVENTS}")),
    )
    op.create_index(
        op.f(f"ix_{_EVENTS}_clinic_id_patient_id"), _EVENTS, ["clinic_id", "patient_id"]
    )
    op.create_table(
        "duty_plans",
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_by_name", sa.String(), nullable=False),
        sa.Column("written_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_duty_plans_clinic_id")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "number", name=op.f("pk_duty_plans")),
    )


def downgrade() -> None:
    with op.batch_alter_table("alerts") as alerts:
        alerts.drop_constraint(op.f("fk_alerts_clinic_id_case_id"), type_="foreignkey")
        alerts.drop_column("case_id")
    for table in (_EVENTS, _CASES, "duty_plans"):
        op.drop_table(table)
