"""Lay out the demo: what sales, marketing and the ops team would see, for 80 columns or more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from connector.cli.demo_sandbox import SeenTask
from connector.cli.session import Session
from connector.cli.summary import STAGE_STYLES, stage_cell
from connector.cli.tally import Tally
from connector.cli.words import count_text, instant_text, stage_text
from connector.domain.decision import Decision
from connector.domain.person import STAGES
from connector.domain.reasons import lower_first, reasons
from connector.domain.wording import number_text, one_line

REASON_LINES: Final = 3
MOST_PEOPLE: Final = 8
MOST_TASKS: Final = 8
MOST_MNQL: Final = 3
_BAR: Final = 24


def heading(key: str, session: Session, **values: object) -> Text:
    return Text(f"\n{session.say(key, **values)}", style="bold underline")


def render_funnel(tally: Tally, session: Session) -> RenderableType:
    """Return people per stage, before and after, with a bar of the after."""
    before: dict[str | None, int] = dict.fromkeys((None, *STAGES), 0)
    after = dict(before)
    for (was, is_now), count in tally.moves.items():
        before[was] += count
        after[is_now] += count
    most = max([*after.values(), 1])
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column(session.say("stage"), min_width=12)
    for key in ("before", "after", "change"):
        table.add_column(session.say(key), justify="right", min_width=7)
    table.add_column("", min_width=_BAR)
    for stage in (stage for stage in before if before[stage] or after[stage]):
        change = after[stage] - before[stage]
        numbers = (count_text(number, session.locale) if number else "" for number in (before[stage], after[stage]))
        bar = Text("█" * round(_BAR * after[stage] / most), style=STAGE_STYLES.get(stage or "", "dim"))
        table.add_row(stage_cell(stage, session), *numbers, f"{change:+d}" if change else "", bar)
    return table


def choose_qualified(decisions: Sequence[Decision]) -> list[Decision]:
    """Choose whom to show: SQLs and MQLs in equal parts, in the CRM's order.

    Those with three lines of reasons first, then those whose names are no trial of hostile text.
    """
    ranked = sorted(decisions, key=lambda decision: (len(reasons(decision, "es")) < REASON_LINES, _is_odd(decision)))
    sql = [decision for decision in ranked if decision.stage == "sql"]
    mql = [decision for decision in ranked if decision.stage == "mql"]
    shown = sql[: max(MOST_PEOPLE // 2, MOST_PEOPLE - len(mql))]
    return [*shown, *mql[: MOST_PEOPLE - len(shown)]]


def _is_odd(decision: Decision) -> bool:
    return not all(char.isalpha() or char in " .-" for char in decision.person.text("name") or "?")


def render_qualified(shown: Sequence[Decision], session: Session) -> Iterator[RenderableType]:
    """Yield one block per person: who, stage and grade, then three lines of reasons."""
    for decision in shown:
        yield Text.assemble(
            "\n",
            (f" {stage_text(decision.stage, session.locale)} ", f"reverse {STAGE_STYLES[decision.stage]}"),
            f" {decision.grade}  ",
            (_who(decision, session), "bold"),
        )
        for line in reasons(decision, session.locale)[:REASON_LINES]:
            yield Padding(Text(line), (0, 0, 0, 3), expand=False)


def _who(decision: Decision, session: Session) -> str:
    person = decision.person
    known = (one_line(text, 60) for text in (person.text("name"), person.text("company")) if text)
    return " · ".join(text for text in known if text) or session.say("no_name")


def render_tasks(tasks: Sequence[SeenTask], zone: str, session: Session, decisions: Sequence[Decision]) -> Table:
    """Return the tasks as they stand in the CRM."""
    today = decisions[0].decided_at
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, expand=True)
    table.add_column(session.say("task"), ratio=1)
    table.add_column(session.say("due"), no_wrap=True)
    table.add_column(session.say("owner"), no_wrap=True)
    for task in tasks[:MOST_TASKS]:
        due = instant_text(task.due_at, zone, session.locale, today=today) if task.due_at else "—"
        owner = one_line(task.owner, 20) if task.owner else session.say("nobody")
        table.add_row(Text(one_line(task.subject, 200)), due, Text(owner))
    return table


def render_mnql(decisions: Sequence[Decision], session: Session) -> Iterator[RenderableType]:
    """Yield what marketing can do for people who do not fit yet: those nearest to the threshold."""
    unfit = [decision for decision in decisions if decision.stage == "mnql"]
    unfit.sort(key=lambda decision: (not decision.fit.could_lift, decision.fit.distance or 0.0))
    for decision in unfit[:MOST_MNQL]:
        yield Text.assemble(" ", (_who(decision, session), "bold"))
        distance = number_text(decision.fit.distance, session.locale)
        fit = number_text(decision.fit.pct, session.locale)
        line = session.say("mnql_line", fit=fit, distance=distance, hint=_hint(decision, session))
        yield Padding(Text(line), (0, 0, 0, 3), expand=False)


def _hint(decision: Decision, session: Session) -> str:
    fit, locale = decision.fit, session.locale
    whys = {gap.criterion.id: lower_first(gap.criterion.why.in_locale(locale)) for gap in fit.missing}
    if fit.could_lift:
        return session.say("mnql_lift", names=", ".join(whys[id_] for id_ in fit.could_lift))
    return session.say("mnql_ask", names=", ".join(whys.values())) if whys else session.say("mnql_known")


def render_next(crm: str, seed: int, people: int, example: str, session: Session) -> RenderableType:
    """Return the commands to go on with."""
    option, own = (" --crm salesforce", "demo_next_salesforce") if crm == "salesforce" else ("", "demo_next_own")
    grid = Table(box=None, show_header=False, pad_edge=False)
    grid.add_column(style="bold cyan", no_wrap=True)
    grid.add_column()
    for command, key in (
        (f"puente sandbox{option} --people {people} --seed {seed}", "demo_next_sandbox"),
        (f"puente explain {example}", "demo_next_explain"),
        ("puente check", "demo_next_check"),
        ("puente install && puente qualify --all", own),
    ):
        grid.add_row(f" {command}", Text(session.say(key)))
    return Group(grid)
