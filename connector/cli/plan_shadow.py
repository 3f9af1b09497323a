"""`puente plan --from-shadow`: compare a candidate with the live model by what both decided on live doorbells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from connector.cli.failures import DONE
from connector.cli.plan_view import render_plan
from connector.cli.session import Session
from connector.cli.words import count_text
from connector.errors import UsageError
from connector.settings import Settings

if TYPE_CHECKING:
    from connector.study.shadow_story import ShadowStory


def require_shadow_alone(session: Session, from_shadow: bool, options: Sequence[str]) -> None:
    """Raise UsageError for options that are about plans, and for a purge of nothing in particular."""
    if not from_shadow:
        raise UsageError(session.say("purge_what"))
    if options:
        raise UsageError(session.say("shadow_alone", option=options[0]))


def purge_shadow(session: Session, settings: Settings) -> int:
    """Remove what is stored of shadows, and say of how many people."""
    from connector import bootstrap_plan_shadow

    removed = bootstrap_plan_shadow.purge_shadow(settings)
    session.tell("shadow_purged" if removed else "shadow_nothing", count=count_text(removed, session.locale))
    return DONE


def open_story(session: Session, settings: Settings, model: Path | None) -> ShadowStory:
    """Compare what is stored. Raises UsageError."""
    from connector.bootstrap_plan_shadow import open_shadow

    return open_shadow(settings, model, session.root.clock())


def show_comparison(session: Session, story: ShadowStory, *, as_json: bool) -> int:
    """Print the comparison, and where a plan of the candidate comes from."""
    if as_json:
        click.echo(orjson.dumps(to_json(story), option=orjson.OPT_UTC_Z).decode())
        return DONE
    session.out.print(render_plan(story))
    session.out.print(story.words("not_kept"))
    session.out.print(story.words("not_kept_command", file=story.candidate_file), soft_wrap=True)
    return DONE


def to_json(story: ShadowStory) -> dict[str, Any]:
    """Return the comparison in the form of a plan's, without a file and a seal."""
    from connector.study.plan_file import totals_to_json

    header = {name: value for name, value in asdict(story.header).items() if name != "watch"}
    named = ("since", "until", "decisions", "live_tasks", "taken_over", "set_aside")
    shadow = {name: getattr(story, name) for name in named}
    return {
        "plan": None,
        "sha256": None,
        "header": header,
        "shadow": {**shadow, "unseen": asdict(story.unseen)},
        "totals": totals_to_json(story.totals),
        "sentences": list(story.tell()),
    }
