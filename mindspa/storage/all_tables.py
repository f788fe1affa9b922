"""Every module of tables. Whoever needs all tables declared imports this one."""

from mindspa.storage import (
    adjunct_tables,
    alert_tables,
    audit_tables,
    course_tables,
    emergency_tables,
    factor_tables,
    intake_tables,
    link_tables,
    message_tables,
    protocol_tables,
    sheet_tables,
    sign_on_tables,
    summary_tables,
    tables,
    tablet_tables,
)

MODULES = (
    adjunct_tables,
    alert_tables,
    audit_tables,
    course_tables,
    emergency_tables,
    factor_tables,
    intake_tables,
    link_tables,
    message_tables,
    protocol_tables,
    sheet_tables,
    sign_on_tables,
    summary_tables,
    tables,
    tablet_tables,
)
