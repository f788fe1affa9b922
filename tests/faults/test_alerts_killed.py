"""Server, team and worker killed again and again while alerts are raised, told, escalated and
closed: none is lost, none is told twice to a reader.

`make faults` does the same with 300 alerts and 50 kills an engine.
"""

from mindspa.bootstrap import Runtime
from tests.faults.alarm import differences, finish, live, prepared
from tests.mail import Inbox, a_mail_server


def test_forty_alerts_with_ten_kills(runtime: Runtime) -> None:
    inbox = Inbox()
    with a_mail_server(inbox) as server:
        alarm = prepared(runtime, server, inbox)
        assert live(alarm, alerts=40, kills=10) >= 10
        finish(alarm)
        assert differences(alarm) == []
    assert len(alarm.raised) >= 40
    assert inbox.letters
