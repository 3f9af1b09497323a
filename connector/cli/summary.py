"""Show what a run of `qualify` did: moves between stages, tasks, calls, what is missing, who needs attention."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from connector.cli.failures import describe_parked
from connector.cli.session import Session
from connector.cli.tally import MOST_LISTED, Move, Tally
from connector.cli.words import SENTENCES, count_text, fixed_text, stage_text
from connector.domain.model import Routing
from connector.domain.person import STAGES
from connector.live.qualify import Outcome
from connector.ports import Unavailable

STAGE_STYLES = {
    "mnql": "yellow", "lead": "cyan", "mql": "green", "sql": "bold green", "opportunity": "blue",
    "customer": "blue", "evangelist": "blue", "disqualified": "dim", "subscriber": "dim",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """Hold a finished run: what was counted, what it cost and how long it took.

    `routing` and `model_file` (None: the packaged one) say where owners are named when tasks have none.
    """

    tally: Tally
    calls: Mapping[str, int]
    unavailable: Sequence[Unavailable]
    seconds: float
    dry_run: bool = False
    routing: Routing = field(default_factory=Routing)
    model_file: Path | None = None


def render_summary(run: Run, session: Session) -> RenderableType:
    """Return the summary for a terminal of 80 columns or more."""
    parts: list[RenderableType] = [Text(_headline(run, session), style="bold")]
    if run.tally.moves:
        parts.append(moves_table(run.tally, session))
    parts.append(_facts(run, session))
    if run.tally.unassigned:
        parts.append(Text(_unassigned(run, session)))
    parts.extend(_people_lines(run.tally, session))
    return Group(*parts)


def _headline(run: Run, session: Session) -> str:
    seconds = fixed_text(run.seconds, session.locale, 1)
    count = run.tally.total
    if count == 1:
        return session.say("qualified_one", seconds=seconds)
    rate = count_text(round(count / max(run.seconds, 0.001)), session.locale)
    return session.say("qualified", count=count_text(count, session.locale), seconds=seconds, rate=rate)


def stage_cell(stage: str | None, session: Session) -> Text:
    return Text(stage_text(stage, session.locale), style=STAGE_STYLES.get(stage or "", "dim"))


def moves_table(tally: Tally, session: Session) -> Table:
    """Return one row per move between stages, and one for everybody who stayed."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column(session.say("before"), min_width=12)
    table.add_column(session.say("now"), min_width=12)
    table.add_column(session.say("people"), justify="right", min_width=9)
    table.add_column(session.say("tasks"), justify="right", min_width=7)
    for move in sorted((move for move in tally.moves if move[0] != move[1]), key=_order):
        tasks = tally.tasks[move]
        table.add_row(
            stage_cell(move[0], session),
            stage_cell(move[1], session),
            count_text(tally.moves[move], session.locale),
            count_text(tasks, session.locale) if tasks else "",
        )
    stayed = sum(count for (before, after), count in tally.moves.items() if before == after)
    if stayed:
        again = sum(count for (before, after), count in tally.tasks.items() if before == after)
        tasks_text = count_text(again, session.locale) if again else ""
        label = Text(session.say("same_stage"), style="dim")
        table.add_row(label, "", Text(count_text(stayed, session.locale), style="dim"), tasks_text)
    return table


def _order(move: Move) -> tuple[int, int]:
    return (-1 if move[0] is None else STAGES.index(move[0]), STAGES.index(move[1]))


def _facts(run: Run, session: Session) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for key, text in _fact_rows(run, session):
        table.add_row(session.say(key), Text(text))
    return table


def _fact_rows(run: Run, session: Session) -> Iterator[tuple[str, str]]:
    tally, locale = run.tally, session.locale
    done = [
        session.say(f"outcome_{name}", count=count_text(tally.outcomes[name], locale))
        for name in ("written", "planned", "unchanged", "gone", "parked")
        if tally.outcomes[name]
    ]
    if done:
        yield "row_people", " · ".join(done)
    verb = "planned" if run.dry_run else "written"
    yield "row_fields", session.say(f"fields_{verb}", count=count_text(tally.fields, locale))
    verb = "planned" if run.dry_run else "created"
    yield "row_tasks", " · ".join(_task_facts(tally, verb, session))
    by_size = sorted(run.calls.items(), key=lambda item: (-item[1], item[0]))
    purposes = ", ".join(f"{purpose} {count_text(count, locale)}" for purpose, count in by_size)
    calls = count_text(sum(run.calls.values()), locale)
    yield "row_calls", f"{calls} ({purposes})" if purposes else calls
    if run.unavailable:
        yield (
            "row_sources",
            "; ".join(f"{item.source}: {why_unavailable(item.why, session)}" for item in run.unavailable),
        )
    if command := _next_command(run, session):
        yield "row_next", command


def _task_facts(tally: Tally, verb: str, session: Session) -> Iterator[str]:
    yield session.say(f"tasks_{verb}", count=count_text(tally.tasks.total(), session.locale))
    if tally.unassigned:
        yield session.say("tasks_unassigned", count=count_text(tally.unassigned, session.locale))
    if tally.closed:
        shut = "closed" if verb == "created" else "closable"
        yield session.say(f"tasks_{shut}", count=count_text(tally.closed, session.locale))


def _unassigned(run: Run, session: Session) -> str:
    """Say where owners are named, or that all of those named have enough for today."""
    file = str(run.model_file) if run.model_file else session.say("own_model")
    return session.say("routing_full" if run.routing.round_robin else "routing_empty", file=file)


def why_unavailable(why: str, session: Session) -> str:
    """Say in words why an account cannot supply something."""
    key = f"why_{why}"
    return session.say(key) if key in SENTENCES[session.locale] else why


def _next_command(run: Run, session: Session) -> str | None:
    tally = run.tally
    if tally.parked:
        return session.say("next_retry", ids=" ".join(one.ref.object_id for one in tally.parked))
    if run.dry_run and tally.outcomes["planned"]:
        return session.say("next_write")
    example = tally.handed_over or tally.decided
    return session.say("next_explain", id=example.object_id) if example else None


def _people_lines(tally: Tally, session: Session) -> Iterator[RenderableType]:
    """List who needs attention: the first twenty by id with the reason, then how many more."""
    if tally.parked:
        yield Text(f"\n{session.say('parked_title')}", style="bold red")
        yield from (Text(f"  {one.ref.object_id}: {_why_parked(one, session)}") for one in tally.parked)
        yield from _more(tally.outcomes["parked"], session)
    if tally.gone:
        yield Text(f"\n{session.say('gone_title')}", style="bold")
        names = [
            session.say("merged_into", id=ref.object_id, survivor=survivor.object_id) if survivor else ref.object_id
            for ref, survivor in tally.gone
        ]
        yield Text(f"  {', '.join(names)}")
        yield from _more(tally.outcomes["gone"], session)


def _why_parked(outcome: Outcome, session: Session) -> str:
    return describe_parked(outcome.error, session) if outcome.error else outcome.reason or "?"


def _more(count: int, session: Session) -> Iterator[RenderableType]:
    if count > MOST_LISTED:
        yield Text(f"  {session.say('and_more', count=count_text(count - MOST_LISTED, session.locale))}", style="dim")
