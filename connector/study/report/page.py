"""Write the report as one page to project in a meeting and to print: nothing is loaded from anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from typing import Final

from connector.study.page_parts import build_document, read_style
from connector.study.report.page_people import describe_model, describe_quality, describe_scores, describe_service
from connector.study.report.page_rules import describe_channels, describe_funnel, describe_rules
from connector.study.report.page_text import code
from connector.study.report.shares import Share
from connector.study.report.story import Story, Told

_SECTIONS: Final[tuple[tuple[str, Callable[[Story], str]], ...]] = (
    ("funnel", describe_funnel),
    ("channels", describe_channels),
    ("rules", describe_rules),
    ("service", describe_service),
    ("scores", describe_scores),
    ("model", describe_model),
    ("quality", describe_quality),
)


def build_page(story: Story) -> str:
    """Return the whole document."""
    style = read_style("connector.study", "page.css") + read_style("connector.study.report", "report.css")
    body = "".join((_head(story), *_sections(story), _foot(story)))
    return build_document(story.words("title"), body, story.locale, style)


def _head(story: Story) -> str:
    period = story.report.period
    span = story.weeks(
        "span", since=story.day(period.since), until=story.day(period.until), people=story.count(story.report.people)
    )  # fmt: skip
    return (
        f"<h1>{escape(story.words('title'))}</h1>\n<p class='quiet'>{escape(span)}</p>\n{_monday(story)}{_tiles(story)}"
    )


def _monday(story: Story) -> str:
    """Return what to change: the first sentence, what stands out, and what has to be known before believing it."""
    told = story.told()
    items = "".join(f"<li>{_told(one, story)}</li>" for one in told)
    found = f"<ol>{items}</ol>" if told else ""
    nothing = "" if told or not story.report.people else f"<p>{escape(story.words('nothing'))}</p>"
    caveats = "".join(f"<p class='caveat'>{code(caveat)}</p>" for caveat in story.caveats())
    return (
        f"<section class='story' id='monday'><h2>{escape(story.words('monday'))}</h2>"
        f"<p class='lead'>{escape(story.lead())}</p>{found}{nothing}{caveats}</section>\n"
    )


def _told(told: Told, story: Story) -> str:
    acts = []
    if told.file:
        acts.append(f"{escape(story.words('act_file'))} <code>{escape(told.file)}</code>")
    if told.command:
        acts.append(f"{escape(story.words('act_run'))} <code>{escape(told.command)}</code>")
    section = told.finding.section
    acts.append(f"{escape(story.words('act_see'))} <a href='#{section}'>{escape(story.words(section))}</a>")
    return f"{escape(told.sentence)}<div class='act'>{' · '.join(acts)}</div>"


def _tiles(story: Story) -> str:
    precision, service = story.report.precision, story.report.service
    horizon = story.words("tile_horizon", days=story.count(round(precision.horizon_days)))
    tiles = (
        _share_tile(
            story, "tile_accepted", precision.accepted, precision.accepted_before, story.words("tile_answered")
        ),
        _share_tile(story, "tile_won", precision.won, precision.won_before, horizon),
        _share_tile(story, "tile_kept", service.kept, service.kept_before, story.words("tile_judged")),
        _tile(
            story.words("tile_touch"),
            story.time(service.hours.median, "hours"),
            story.words("tile_p90", value=story.time(service.hours.p90, "hours")) if service.hours.count else "",
            story.words("tile_before", value=story.time(service.hours_before.median, "hours")),
        ),
    )
    return f"<div class='tiles'>{''.join(tiles)}</div>\n"


def _share_tile(story: Story, name: str, now: Share, before: Share, of_what: str) -> str:
    """Return a share in large digits; of a handful the count is what is large."""
    counts = story.words("tile_of", hits=story.count(now.hits), count=story.count(now.count))
    few = 0 < now.count < 10
    large = counts if few else story.pct(now.value)
    known = now.value is not None and not few
    small = [f"{counts} · {story.interval(now)}"] if known else []
    return _tile(story.words(name), large, *small, of_what, story.words("tile_before", value=story.share(before)))


def _tile(name: str, large: str, *small: str) -> str:
    lines = "".join(f"<div class='small'>{escape(line)}</div>" for line in small if line)
    return (
        f"<div class='tile'><div class='name'>{escape(name)}</div><div class='large'>{escape(large)}</div>{lines}</div>"
    )


def _sections(story: Story) -> Iterator[str]:
    if not story.report.people:
        return
    for name, describe in _SECTIONS:
        yield f"<section id='{name}'><h2>{escape(story.words(name))}</h2>{describe(story)}</section>\n"


def _foot(story: Story) -> str:
    report = story.report
    made = story.words(
        "made", at=f"{story.now:%Y-%m-%d %H:%M}", taken=f"{report.taken_at:%Y-%m-%d %H:%M}", crm=report.crm,
        account=report.account,
    )  # fmt: skip
    hashed = f"<br>{escape(story.words('hashed'))}" if report.hashed else ""
    return f"<footer>{escape(made)}{hashed}</footer>\n"
