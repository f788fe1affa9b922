"""Every module of tables. Whoever needs all tables declared imports this one."""

from mindspa.storage import course_tables, intake_tables, sheet_tables, summary_tables, tables

MODULES = (course_tables, intake_tables, sheet_tables, summary_tables, tables)
