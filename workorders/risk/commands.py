"""``sla risk``: how well the chances of being late fare, on the company's past or on a log."""

from pathlib import Path

import click

from service_app.core import clock
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.core.errors import DomainError
from service_app.transfers.rules import Rejected
from service_app.transfers.tables import open_table
from service_app.web.session import database
from workorders.risk.queries import samples
from workorders.risk.rules import Sample, Trial
from workorders.risk.service import judge, refit
from workorders.sla.commands import plan_of_file, read_events, sla
from workorders.sla.past import PastResult, replay_past

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@sla.command("risk")
@click.option("--refit", "is_refit", is_flag=True, help="Keep the new counting for the pages.")
@click.option("--log", type=_FILE, help="Judge on another system's log instead.")
@click.option("--policy", type=_FILE, help="The plan of promises for the log, in TOML.")
def risk(is_refit: bool, log: Path | None, policy: Path | None) -> None:
    """Count from the first three quarters of the past, judge on the last: Brier, calibration."""
    if (log is None) is not (policy is None):
        raise click.UsageError("give --log and --policy together")
    if log is not None and policy is not None:
        known = samples_of_log(log, policy)
    else:
        with database().read_session() as session:
            known = list(samples(session, clock.now()))
    click.echo(f"{len(known):,} promises, {sum(s.is_late for s in known):,} of them late")
    for line in told(judge(known)):
        click.echo(line)
    if is_refit:
        at = clock.now()
        with database().write_session() as session, transaction(session, by=SYSTEM, at=at):
            refit(session, by=SYSTEM, at=at)


def samples_of_log(log: Path, policy: Path) -> list[Sample]:
    """The log's decided promises. When work began is not known of them."""
    rejected: list[Rejected] = []
    try:
        plan = plan_of_file(policy)
        events = read_events(open_table(log), plan, rejected)
        return [s for one in replay_past(events, plan) if (s := _sample(one)) is not None]
    except DomainError as error:
        raise click.ClickException(str(getattr(error, "text", error))) from error


def _sample(one: PastResult) -> Sample | None:
    found = one.result
    if found is None or not found.allowed or not (one.is_kept or one.is_breached):
        return None
    share = found.used / found.allowed
    return Sample(one.clock, one.priority, "", share, one.is_breached, None, found.started_at)


def told(trial: Trial | None) -> list[str]:
    """The trial as a table of text."""
    if trial is None:
        return ["Too little past to judge."]
    head = f"Brier {trial.brier:.4f}, base rate {trial.base:.4f}, {trial.questions:,} chances"
    rows = [f"{b.count:7,}  {100 * b.given:6.1f}  {100 * b.came:6.1f}" for b in trial.bins]
    return [head, "  count   given    came  (per cent)", *rows]
