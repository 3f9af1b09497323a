"""Write the report as one page to project in a meeting and to print: nothing is loaded from anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
_NUMBERS: Final[Mapping[str, int]] = {name: place for place, (name, _) in enumerate(_SECTIONS, start=1)}


def build_page(story: Story) -> str:
    """Return the whole document."""
    style = read_style("connector.study", "page.css") + read_style("connector.study.report", "report.css")
    style += _margins(story)
    body = "".join((_head(story), *_sections(story), _foot(story)))
    return build_document(story.weeks("title"), body, story.locale, style)


def _margins(story: Story) -> str:
    """Return what every sheet of paper says at its edges: what it is, whose, of which day, and its number."""
    report = story.report
    whose = story.words("sheet", crm=story.crm, account=report.account, day=story.date(report.period.until))
    left = _css_text(f"{story.weeks('title')} · {whose}")
    return (
        f"@page {{ @top-left {{ content: {left}; font: 8pt system-ui, sans-serif; color: #525d70; }}\n"
        "  @bottom-right { content: counter(page) ' / ' counter(pages); font: 8pt system-ui, sans-serif; } }\n"
    )


def _css_text(text: str) -> str:
    """Return a text as a CSS string that can end neither itself nor the style sheet."""
    return "".join(("'", *(one if one.isalnum() or one in " ·-." else f"\\{ord(one):x} " for one in text), "'"))


def _head(story: Story) -> str:
    period = story.report.period
    span = story.weeks(
        "span", since=story.date(period.since), until=story.date(period.until), people=story.count(story.report.people)
    )  # fmt: skip
    terms = f"<p class='quiet terms'>{escape(story.words('tile_answers'))} {escape(story.words('terms'))}</p>"
    heading = f"<h1>{escape(story.weeks('title'))}</h1>\n<p class='quiet'>{escape(span)}</p>"
    return f"{heading}\n{_monday(story)}{_tiles(story)}{terms}\n"


def _monday(story: Story) -> str:
    """Return what to change: the first sentence, what stands out, and what has to be known before believing it."""
    told = story.told()
    items = "".join(f"<li>{_told(one, story)}</li>" for one in told)
    found = f"<ol>{items}</ol>" if told else ""
    nothing = "" if told or not story.report.people else f"<p>{escape(story.words('nothing'))}</p>"
    because = "".join(f"<p>{escape(sentence)}</p>" for sentence in story.because())
    caveats = "".join(f"<p class='caveat'>{code(caveat)}</p>" for caveat in story.caveats())
    return (
        f"<section class='story' id='monday'><h2>{escape(story.words('monday'))}</h2>"
        f"<p class='lead'>{escape(story.lead())}</p>{because}{found}{nothing}{caveats}</section>\n"
    )


def _told(told: Told, story: Story) -> str:
    section = told.finding.section
    see = escape(story.words("act_see", number=str(_NUMBERS[section])))
    acts = [f"<a href='#{section}'>{see}</a>"]
    if told.command:
        acts.append(f"{escape(story.words('act_run'))} <code>{escape(told.command)}</code>")
    if told.file:
        acts.append(f"<code>{escape(told.file)}</code>")
    return f"{escape(told.sentence)}<div class='act'>{' · '.join(acts)}</div>"


def _tiles(story: Story) -> str:
    precision, service = story.report.precision, story.report.service
    horizon = story.words("tile_horizon", days=story.count(round(precision.horizon_days)))
    tiles = (
        _share_tile(
            story, "tile_accepted", precision.accepted, precision.accepted_before, story.words("tile_answered")
        ),
        _share_tile(story, "tile_won", precision.won, precision.won_before, horizon),
        _share_tile(
            story, "tile_kept", service.kept, service.kept_before, story.words("tile_judged"), story.agreed(),
            story.words("tile_unread"),
        ),
        _touch_tile(story),
    )  # fmt: skip
    return f"<div class='tiles'>{''.join(tiles)}</div>\n"


def _touch_tile(story: Story) -> str:
    """Return how long the first contact takes; the median is only of those contacted, so the others are beside it."""
    service, words = story.report.service, story.words
    small = []
    if service.hours.count:
        small += [words("tile_business"), words("tile_p90", value=story.time(service.hours.p90, "hours"))]
    contacted = words("tile_contacted", contacted=story.count(service.hours.count),
                      untouched=story.count(service.untouched))  # fmt: skip
    before = words("tile_before", value=story.time(service.hours_before.median, "hours"))
    return _tile(words("tile_touch"), story.time(service.hours.median, "hours"), *small, contacted, before)


def _share_tile(story: Story, name: str, now: Share, before: Share, *of_what: str) -> str:
    """Return a share in large digits; of a handful the count is what is large."""
    counts = story.words("tile_of", hits=story.count(now.hits), count=story.count(now.count))
    few = 0 < now.count < 10
    large = counts if few else story.pct(now.value)
    known = now.value is not None and not few
    small = [f"{counts} · {story.interval(now)}"] if known else []
    return _tile(story.words(name), large, *small, *of_what, story.words("tile_before", value=story.share(before)))


def _tile(name: str, large: str, *small: str) -> str:
    lines = "".join(f"<div class='small'>{escape(line)}</div>" for line in small if line)
    return (
        f"<div class='tile'><div class='name'>{escape(name)}</div><div class='large'>{escape(large)}</div>{lines}</div>"
    )


def _sections(story: Story) -> Iterator[str]:
    if not story.report.people:
        return
    for name, describe in _SECTIONS:
        heading = f"{_NUMBERS[name]}. {escape(story.words(name))}"
        yield f"<section id='{name}'><h2>{heading}</h2>{describe(story)}</section>\n"


def _foot(story: Story) -> str:
    report = story.report
    made = story.words(
        "made", at=story.moment(story.now), taken=story.moment(report.taken_at), crm=story.crm, account=report.account,
        zone=story.model.handoff.calendar.timezone, stamp=report.history.stamp,
    )  # fmt: skip
    hashed = f"<br>{escape(story.words('hashed'))}" if report.hashed else ""
    on_screen = f"<p class='paper'>{escape(story.words('on_screen'))}</p>"
    return f"<footer>{on_screen}{escape(made)}{hashed}</footer>\n"
