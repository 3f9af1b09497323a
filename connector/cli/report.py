"""`puente report`: write the page for the weekly meeting of marketing and sales."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import orjson

from connector.cli.disk import refuse_folder, telling_what_cannot_be_written
from connector.cli.failures import DONE
from connector.cli.learn_json import to_plain
from connector.cli.session import Session, file_option, json_option, rules_options
from connector.cli.snapshot import require_extra
from connector.file_writing import write_atomically

if TYPE_CHECKING:
    from connector.study.report.story import Story

DEFAULT_PAGE: Final = Path(".puente/report.html")
WEEKS: Final = 4


@click.command("report", short_help="Write the page for the weekly meeting.")
@file_option("--out", "Where to write the page; .puente/report.html when not said.")
@click.option(
    "--weeks", type=click.IntRange(1, 52), default=WEEKS, show_default=True, metavar="N",
    help="How many weeks to look at, beside as many before.",
)  # fmt: skip
@click.option("--channel", metavar="ATTRIBUTE", help="The attribute that names the channel; source when not said.")
@click.option("--locale", type=click.Choice(["es", "en"]), help="Instead of PUENTE_LOCALE.")
@json_option
@rules_options
@click.pass_obj
def command(
    session: Session, /, out: Path | None, weeks: int, channel: str | None, locale: str | None, as_json: bool,
    **choices: Any,
) -> int:  # fmt: skip
    """Say what to change on Monday, with the numbers behind it, as one page to project and to print.

    Reads the snapshot (`puente snapshot`); asks the CRM nothing. The page loads nothing from anywhere.
    """
    settings = session.load_settings(**choices)
    if locale is not None:
        settings = settings.model_copy(update={"locale": locale})
        session.locale = settings.locale
    require_extra(session)
    from connector.bootstrap_report import open_reporting
    from connector.study.report.page import build_page

    story = open_reporting(settings, session.root.clock).tell(weeks, channel)
    path = out or DEFAULT_PAGE
    _write(session, path, build_page(story))
    if as_json:
        click.echo(_to_json(story, path))
    else:
        _show(session, story, path)
    return DONE


def _write(session: Session, path: Path, page: str) -> None:
    with telling_what_cannot_be_written(session, path):
        refuse_folder(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, page)


def _show(session: Session, story: Story, path: Path) -> None:
    """Print the sentences of the page's top."""
    for sentence in (story.lead(), *story.because()):
        session.out.print(sentence, soft_wrap=True)
    told = story.told()
    for place, one in enumerate(told, start=1):
        where = " · ".join(part for part in (one.file, one.command) if part)
        session.out.print(f"{place}. {one.sentence}" + (f" ({where})" if where else ""), soft_wrap=True)
    if not told and story.report.people:
        session.out.print(story.words("nothing"), soft_wrap=True)
    for caveat in story.caveats():
        session.out.print(caveat, soft_wrap=True)
    session.tell("page_written", path=path)


def _to_json(story: Story, path: Path) -> str:
    found = [
        {"sentence": one.sentence, "file": one.file, "command": one.command, **to_plain(one.finding)}
        for one in story.told()
    ]
    document = {
        "page": str(path),
        "lead": story.lead(),
        "because": list(story.because()),
        "findings": found,
        "caveats": list(story.caveats()),
        "report": to_plain(story.report),
    }
    return orjson.dumps(document, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS).decode()
