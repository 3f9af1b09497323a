"""`puente plan`: see what a model would do to the whole base, before anybody feels it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import orjson

from connector.cli.disk import refuse_folder, telling_what_cannot_be_written
from connector.cli.failures import DONE
from connector.cli.plan_shadow import open_story, purge_shadow, require_shadow_alone, show_comparison
from connector.cli.plan_view import render_comparison, render_plan
from connector.cli.progress import show_progress
from connector.cli.session import Session, crm_option, file_option, json_option
from connector.cli.snapshot import require_extra
from connector.errors import UsageError
from connector.file_writing import write_atomically

if TYPE_CHECKING:
    from connector.bootstrap_plan import Planning
    from connector.settings import Settings
    from connector.study.plan_story import Story

DEFAULT_PLAN: Final = Path(".puente/plan.jsonl")


@click.command("plan", short_help="See what a model would do to everybody.")
@file_option("--model", "The model to plan, instead of the one in force (PUENTE_MODEL).")
@file_option("--mapping", "Mapping file, instead of PUENTE_MAPPING.")
@file_option("--out", "Where to keep the plan; .puente/plan.jsonl when not said.")
@file_option("--compare", "Another model, to show beside it; no plan of it is kept.")
@file_option("--html", "Write the plan as one page with plots, too.")
@file_option("--show", "Show a plan that was kept, instead of making one.")
@click.option(
    "--per-rep-per-day", type=click.IntRange(min=1), metavar="N", help="Spread new tasks: at most N a day per rep."
)
@click.option(
    "--from-shadow",
    is_flag=True,
    help="Compare the candidate (PUENTE_SHADOW_MODEL) with the model in force by what both decided on live doorbells.",
)
@click.option("--purge", is_flag=True, help="With --from-shadow: remove what is stored of it instead.")
@json_option
@crm_option()
@click.pass_obj
def command(
    session: Session, /, model: Path | None, mapping: Path | None, out: Path | None, compare: Path | None,
    html: Path | None, show: Path | None, per_rep_per_day: int | None, from_shadow: bool, purge: bool, as_json: bool,
    crm: str | None,
) -> int:  # fmt: skip
    """Say who would change their stage and why, what sales would get and what it costs; keep it as a plan.

    Reads the snapshot (`puente snapshot`) and writes nothing to the CRM. `puente apply PLAN` does exactly what the
    plan says.
    """
    settings = session.load_settings(crm=crm, mapping=mapping)
    if from_shadow or purge:
        of_plans = {"--out": out, "--compare": compare, "--show": show, "--per-rep-per-day": per_rep_per_day}
        require_shadow_alone(session, from_shadow, [name for name, value in of_plans.items() if value is not None])
        return _from_shadow(session, settings, model, html, purge=purge, as_json=as_json)
    require_extra(session)
    if show is not None and any((model, out, compare, per_rep_per_day)):
        raise UsageError(session.say("show_alone"))
    if show is not None:
        stories = [_show(session, show)]
    else:
        stories = _make(session, settings, model, compare, out or DEFAULT_PLAN, per_rep_per_day, quiet=as_json)
    if html is not None:
        _write_page(session, html, stories)
    if as_json:
        click.echo(orjson.dumps(_to_json(stories), option=orjson.OPT_UTC_Z).decode())
    else:
        _print(session, stories)
    return DONE


def _from_shadow(
    session: Session, settings: Settings, model: Path | None, html: Path | None, *, purge: bool, as_json: bool
) -> int:
    if purge:
        return purge_shadow(session, settings)
    story = open_story(session, settings, model)
    if html is not None:
        _write_page(session, html, [_Kept(story)])
    return show_comparison(session, story, as_json=as_json)


def _show(session: Session, path: Path) -> _Kept:
    from connector.study.plan_file import open_plan
    from connector.study.plan_story import Story

    plan = open_plan(path, session.locale)
    return _Kept(Story(plan.header, plan.totals, session.locale, session.root.clock()), path, plan.sha256)


def _make(
    session: Session, settings: Any, model: Path | None, compare: Path | None, out: Path, per_day: int | None, *,
    quiet: bool,
) -> list[_Kept]:  # fmt: skip
    from connector.bootstrap_plan import open_planning

    planning = open_planning(settings, session.root.clock)
    making = _Making(session, planning, per_day, quiet)
    stories = [making.keep(model, out)]
    if compare is not None:
        stories.append(making.look(compare))
    return stories


@dataclass(frozen=True, slots=True)
class _Kept:
    """Hold a plan's story, and where it is kept under which seal (None: it is not)."""

    story: Story
    path: Path | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class _Making:
    """Make plans from one snapshot."""

    session: Session
    planning: Planning
    per_rep_per_day: int | None
    quiet: bool

    def keep(self, model: Path | None, out: Path) -> _Kept:
        """Make a plan and keep it in a file."""
        from connector.study.plan_file import line_to_json, totals_to_json, write_plan
        from connector.study.plan_story import Story

        header, builder = self.planning.plan_for(model, self.per_rep_per_day)
        with telling_what_cannot_be_written(self.session, out), write_plan(out, header) as writer:
            for line in self._lines(builder):
                writer.add("line", line_to_json(line))
            totals = builder.totals(self.planning.forecaster(builder))
            writer.add("totals", totals_to_json(totals))
            sha256 = writer.seal()
        return _Kept(Story(header, totals, self.session.locale, self.planning.now), out, sha256)

    def look(self, model: Path) -> _Kept:
        """Make a plan only to look at."""
        from connector.study.plan_story import Story

        header, builder = self.planning.plan_for(model, self.per_rep_per_day)
        for _ in self._lines(builder):
            pass
        totals = builder.totals(self.planning.forecaster(builder))
        return _Kept(Story(header, totals, self.session.locale, self.planning.now))

    def _lines(self, builder: Any) -> Any:
        session, snapshot = self.session, self.planning.snapshot
        watched = not (self.quiet and session.out.is_terminal)
        with show_progress(session.err, session.say("plan_progress"), snapshot.size, wanted=watched) as advance:

            def on_people(count: int) -> None:
                for _ in range(count):
                    advance()

            yield from builder.lines(snapshot.parts(), on_people)


def _print(session: Session, kept: list[_Kept]) -> None:
    first = kept[0]
    if len(kept) > 1:
        session.out.print(render_comparison([one.story for one in kept]))
        session.out.print()
    session.out.print(render_plan(first.story))
    if first.path is None or first.sha256 is None:
        return
    story = first.story
    session.out.print(story.words("frozen", path=first.path, seal=first.sha256[:12]), soft_wrap=True)
    if story.totals.lines:
        key = "not_applicable" if story.header.hashed else "next"
        session.out.print(story.words(key, path=first.path), soft_wrap=True)


def _to_json(kept: list[_Kept]) -> dict[str, Any]:
    documents = [_one_to_json(one) for one in kept]
    return {**documents[0], **({"compared": documents[1]} if len(documents) > 1 else {})}


def _one_to_json(kept: _Kept) -> dict[str, Any]:
    from dataclasses import asdict

    from connector.study.plan_file import totals_to_json

    story = kept.story
    return {
        "plan": None if kept.path is None else str(kept.path),
        "sha256": kept.sha256,
        "header": asdict(story.header),
        "totals": totals_to_json(story.totals),
        "sentences": list(story.tell()),
    }


def _write_page(session: Session, path: Path, kept: list[_Kept]) -> None:
    from connector.study.plan_page import build_page

    with telling_what_cannot_be_written(session, path):
        refuse_folder(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, build_page([one.story for one in kept]))
    session.tell("page_written", path=path)
