"""The month's report as a table file: summary, clocks, breaches, every promise, causes, people."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy.orm import Session

from service_app.core.reader import Reader
from service_app.core.text import N_, P_
from service_app.reports.figures import Kept
from service_app.reports.queries import ClockLine, iterate_promises
from service_app.reports.sla_report import Answerable, SlaReport
from service_app.transfers.sheets import Row, Sheets


def to_xlsx(session: Session, report: SlaReport, customer: str, me: Reader) -> bytes:
    """The whole report. Texts are texts: no cell is a formula or a link."""
    sheet = Sheets(me)
    sheet.add(N_("Summary"), (N_("Figure"), N_("Value")), _summary(report, customer, me))
    sheet.add(
        N_("Promises by clock"),
        (
            N_("Promise"), N_("Kept"), N_("Missed"), N_("Kept, %"),
            N_("Without the customer's own delays, %"), N_("The month before, %"),
        ),
        (
            (row.clock.label, row.kept.kept, row.kept.missed, *map(_share, (row.kept, row.net,
             row.before)))
            for row in report.clocks
        ),
    )  # fmt: skip
    sheet.add(N_("Breaches"), _BREACH_HEADS, _breaches(report, me))
    promises = iterate_promises(session, report.period, whose=report.whose)
    sheet.add(N_("Every promise"), _PROMISE_HEADS, map(_promise, promises))
    sheet.add(
        N_("Causes"),
        (N_("Cause"), N_("Late hours"), N_("Share, %"), N_("Together, %")),
        (
            (row.cause.label if row.cause else N_("No cause yet"), round(row.seconds / 3600, 1),
             round(row.share, 1), round(row.together, 1))
            for row in report.causes
        ),
    )  # fmt: skip
    sheet.add(
        N_("Waits"),
        (P_("wait", "Reason"), P_("wait", "How often"), P_("wait", "Working hours")),
        ((reason.label, found.count, round(found.seconds / 3600, 1))
         for reason, found in report.waits),
    )  # fmt: skip
    for title, rows in ((N_("By engineer"), report.engineers), (N_("By branch"), report.branches)):
        sheet.add(title, _PEOPLE_HEADS, map(_person, rows))
    return sheet.close()


_BREACH_HEADS = (
    N_("Order"), N_("Customer"), N_("Machine"), N_("Promise"), N_("Promised by"),
    N_("Late, hours"), N_("Cause"), N_("Comment"), N_("What we will do"), P_("breach", "State"),
)  # fmt: skip
_PROMISE_HEADS = (
    N_("Order"), N_("Customer"), N_("Machine"), N_("Promise"), P_("clock", "Began"),
    P_("clock", "Met"), N_("Missed at"), N_("Promised, minutes"), N_("Used, minutes"),
    N_("Late, minutes"),
)  # fmt: skip
_PEOPLE_HEADS = (
    P_("person", "Name"), N_("Kept"), N_("Missed"), N_("Kept, %"), N_("At least, %"),
    N_("At most, %"),
)  # fmt: skip


def _share(kept: Kept) -> float | None:
    return None if kept.share is None else round(kept.share, 1)


def _summary(report: SlaReport, customer: str, me: Reader) -> Iterable[Row]:
    yield N_("Customer"), customer or N_("All customers")
    yield N_("From"), f"{report.period.first:%Y-%m-%d}"
    yield N_("Until"), f"{report.period.after - timedelta(days=1):%Y-%m-%d}"
    yield N_("Promises decided"), report.kept.total
    yield N_("Kept"), report.kept.kept
    yield N_("Kept, %"), _share(report.kept)
    yield N_("Without the customer's own delays, %"), _share(report.net)
    yield N_("Late hours"), round(report.late.total / 3600, 1)
    yield N_("Times are shown in the zone"), str(me.zone)


def _breaches(report: SlaReport, me: Reader) -> Iterable[Row]:
    for row in (*report.breaches, *report.withdrawn):
        causes = ", ".join(f"{me.say(cause.label)} {n} %" for cause, n in row.shares.items())
        state = N_("Withdrawn") if row.is_withdrawn else N_("Counted")
        yield (
            row.number, row.company.name if row.company else "", row.machine,
            row.label or row.clock.label, row.breached_at, round(row.late_seconds / 3600, 2),
            causes, row.comment, row.action, state,
        )  # fmt: skip


def _promise(line: ClockLine) -> Row:
    return (
        line.number, line.company, line.machine, line.label or line.clock.label, line.started_at,
        line.met_at, line.breached_at, line.allowed_seconds // 60, line.used_seconds // 60,
        line.late_seconds // 60,
    )  # fmt: skip


def _person(row: Answerable) -> Row:
    return (
        row.who.name, row.kept.kept, row.kept.missed, round(row.range.share, 1),
        round(row.range.low, 1), round(row.range.high, 1),
    )  # fmt: skip
