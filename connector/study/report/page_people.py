"""Describe how people are served and how far the numbers carry: touches, orphans, scores, the model, the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from connector.domain.wording import number_text
from connector.study.page_parts import table
from connector.study.report.drift import Drift
from connector.study.report.page_text import bars_plot, code, explain, fold, legend, link, name_people, paragraph, plot
from connector.study.report.plots import Band, draw_distributions
from connector.study.report.revisions import Revision
from connector.study.report.service import Waiting
from connector.study.report.story import Story
from connector.study.svg import Bar

_MOST_PEOPLE: Final = 12
_MOST_CHANGES: Final = 6


def describe_service(story: Story) -> str:
    """Return whether sales began in time, and who waits."""
    service = story.report.service
    return "".join(
        (
            *(paragraph(sentence) for sentence in _service_lines(story)),
            f"<h3>{escape(story.words('late'))}</h3>",
            _late(story) if service.late else paragraph(story.words("late_none")),
            f"<h3>{escape(story.words('orphans'))}</h3>",
            _orphans(story),
            explain(story, story.words("service_how")),
        )
    )


def _service_lines(story: Story) -> Iterator[str]:
    service = story.report.service
    if not service.handed:
        yield story.words("service_none")
        return
    yield story.words("service_line", handed=story.count(service.handed), clauses="; ".join(_clauses(story)))
    yield f"{story.agreed()}. {story.words('service_unread')}"
    if service.hours.count:
        yield story.words(
            "service_hours", median=story.span(service.hours, "hours"), p90=story.time(service.hours.p90, "hours"),
            count=story.count(service.hours.count), untouched=story.count(service.untouched),
        )  # fmt: skip
    answered = story.report.precision.accepted.count
    if answered:
        yield story.words("service_answered", count=story.count(answered))


def _clauses(story: Story) -> Iterator[str]:
    """Yield what the handoffs of the period add up to; what is zero is not said."""
    service = story.report.service
    if service.kept.count:
        yield story.words("clause_judged", count=story.count(service.kept.count), kept=story.count(service.kept.hits))
    for key in ("pending", "withdrawn", "undated"):
        if count := getattr(service, key):
            yield story.words(f"clause_{key}", count=story.count(count))


def _late(story: Story) -> str:
    owners = story.report.service.late_by_owner
    if len(owners) == 1:
        owner = next(iter(owners))
        said = story.words("of_nobody") if owner is None else story.words("of_owner", owner=owner)
        return paragraph(story.words("late_all", owner=said)) + _people(story, story.report.service.late)
    bars = [Bar(story.owner(owner), count, story.count(count), "back") for owner, count in owners.items()]
    return bars_plot(bars, story.words("alt_late")) + _people(story, story.report.service.late)


def _orphans(story: Story) -> str:
    service = story.report.service
    if not service.tasks_known:
        return paragraph(story.words("tasks_unknown"))
    return _people(story, service.orphans) if service.orphans else paragraph(story.words("orphans_none"))


def _people(story: Story, waiting: Sequence[Waiting]) -> str:
    """Return who waits longest, with a link to each record where there is one."""
    shown = waiting[:_MOST_PEOPLE]
    lacking = ["lacks"] if any(one.lacks for one in shown) else []
    headings = [story.words(key) for key in ("person", "stage", "owner", *lacking, "waiting")]
    rows = [
        [
            link(story, one),
            escape(story.stage(one.stage)),
            escape(_owner(story, one)),
            *([escape(story.words(f"lacks_{one.lacks}")) if one.lacks else ""] if lacking else []),
            escape(story.time(one.days, "days")),
        ]
        for one in shown
    ]
    more = len(waiting) - len(rows)
    rest = paragraph(story.words("more", count=story.count(more)), quiet=True) if more > 0 else ""
    return table(headings, rows, text_columns=len(headings) - 1) + rest


def _owner(story: Story, one: Waiting) -> str:
    """Return whose a task is; where it is nobody's, whose the record is."""
    if one.lacks and one.owner is not None:
        return story.words("of_record", owner=one.owner)
    return story.owner(one.owner)


def describe_scores(story: Story) -> str:
    """Return how points are spread, and whether that has moved."""
    scores, words = story.report.scores, story.words
    drift = scores.engagement
    enter = number_text(scores.threshold, story.locale)
    bands = _bands(story, drift)
    first, last = drift.edges[0], drift.edges[-1]
    place = (scores.threshold - first) / ((last - first) or 1)
    drawn = draw_distributions(
        bands, (place, words("threshold", enter=enter)), words("alt_scores"), words("people")
    )  # fmt: skip
    marks = legend(("outlined", words("score_before")), ("main", words("score_now")))
    over = words("over_line", now=story.count(scores.over_now), before=story.count(scores.over_before),
                 count=story.count(scores.over_now))  # fmt: skip
    idle = words("idle_line", count=story.count(scores.idle_now), before=story.count(scores.idle_before))
    verdicts = "".join(_verdict(story, key, one) for key, one in
                       (("drift_engagement", drift), ("drift_fit", scores.fit)))  # fmt: skip
    rows = [[band.label, band.text_before, band.text] for band in bands]
    headings = [words("band"), *(f"{words('people')}, {words(key)}" for key in ("score_before", "score_now"))]
    return (
        paragraph(f"{over} {idle}") + marks + plot(drawn) + verdicts + fold(story, headings, rows)
        + explain(story, words("scores_how"))
    )  # fmt: skip


def _bands(story: Story, drift: Drift) -> list[Band]:
    edges = [number_text(edge, story.locale) for edge in drift.edges]
    inner = (edge - 1 if edge.is_integer() else edge for edge in drift.edges[1:-1])
    ends = [*(number_text(edge, story.locale) for edge in inner), edges[-1]]
    return [
        Band(f"{low}–{end}", now, before, story.count(now), story.count(before))
        for low, end, now, before in zip(edges[:-1], ends, drift.now, drift.before, strict=True)
    ]


def _verdict(story: Story, key: str, drift: Drift) -> str:
    text = f"<strong>{escape(story.words(key, word=story.words(f'word_{drift.word}')))}</strong>"
    if drift.psi is None or drift.noise is None:
        return f"<p>{text}</p>"
    numbers = story.words("psi", psi=story.decimal(drift.psi, 2), noise=story.decimal(drift.noise, 2))
    return f"<p>{text} <span class='quiet'>({escape(numbers)})</span></p>"


def describe_model(story: Story) -> str:
    """Return what changed in the model, as far as the file and the stamps tell."""
    history, words = story.report.history, story.words
    parts = [paragraph(words("stamp_now", stamp=history.stamp.rpartition(" ")[0]))]
    if history.in_git:
        rows = [[story.day(one.at) if one.at else words("uncommitted"), one.subject or "", _changes(story, one)]
                for one in history.revisions]  # fmt: skip
        cells = [[escape(when), escape(what), changes] for when, what, changes in rows]
        headings = [words("when"), words("what"), words("model_changes")]
        parts.append(f"<h3>{escape(words('revisions'))}</h3>{table(headings, cells, text_columns=3)}")
    else:
        parts.append(paragraph(words("no_git"), quiet=True))
    parts.append(_stamps(story))
    return "".join((*parts, explain(story, words("model_how"))))


def _changes(story: Story, revision: Revision) -> str:
    if not revision.changes:
        return escape(story.words("first_version"))
    shown = [
        code(story.words("change", path=f"`{one.path}`", before=one.before, after=one.after))
        for one in revision.changes[:_MOST_CHANGES]
    ]
    more = len(revision.changes) - len(shown)
    if more > 0:
        shown.append(escape(story.words("more", count=story.count(more))))
    return "<br>".join(shown)


def _stamps(story: Story) -> str:
    stamps = story.report.history.stamps
    if not stamps:
        return paragraph(story.words("no_stamps"), quiet=True)
    headings = [story.words(key) for key in ("stamp", "first_decided", "last_decided", "stamp_people")]
    rows = [
        [f"{escape(one.name)} <small>{escape(one.stamp.rpartition(' ')[2])}</small>",
         escape(story.day(one.first_at)), escape(story.day(one.last_at)), escape(story.count(one.people))]
        for one in stamps
    ]  # fmt: skip
    return f"<h3>{escape(story.words('stamps'))}</h3>{table(headings, rows, text_columns=3)}"


def describe_quality(story: Story) -> str:
    """Return what is filled in, what the account does not give, and what was filtered or set aside."""
    quality, words = story.report.quality, story.words
    bars = [Bar(story.attribute(one.attribute), one.known.value or 0.0, story.share(one.known))
            for one in quality.completeness if one.weight]  # fmt: skip
    headings = [words(key) for key in ("attribute", "known", "weight", "blocks", "history")]
    rows = [
        [
            story.attribute(one.attribute),
            story.share(one.known),
            story.pct(one.weight / 100) if one.weight else "",
            story.count(one.blocks) if one.blocks else "",
            words("yes" if one.has_history else "no"),
        ]
        for one in quality.completeness
    ]
    drawn = bars_plot(bars, words("alt_completeness")) + fold(story, headings, rows) if bars else ""
    stuck = name_people(story, words("blocked_people"), quality.stuck) if quality.stuck else ""
    return drawn + "".join(paragraph(sentence) for sentence in _quality_lines(story)) + stuck + _refused(story)


def _quality_lines(story: Story) -> Iterator[str]:
    quality, words = story.report.quality, story.words
    if quality.blocked:
        yield words("blocked_line", count=story.count(quality.blocked))
    machine = quality.machine + quality.bursts
    if machine:
        key = "machine_bursts" if quality.bursts else "machine_line"
        yield words(key, events=story.count(quality.events), machine=story.count(machine),
                    bursts=story.count(quality.bursts))  # fmt: skip
    if quality.set_aside:
        why = ", ".join(f"{reason} {story.count(count)}" for reason, count in quality.set_aside.items())
        yield words("set_aside_line", count=story.count(sum(quality.set_aside.values())), why=why)
    if quality.failed:
        yield words("failed_line", count=story.count(quality.failed))
    if quality.unmapped:
        yield words("unmapped", rules=", ".join(f"`{rule}`" for rule in quality.unmapped))


def _refused(story: Story) -> str:
    refused = story.report.quality.refused
    if not refused:
        return paragraph(story.words("refused_none"), quiet=True)
    headings = [story.words(key) for key in ("source", "why", "blind")]
    rows = [[code(f"`{one.source}`"), escape(one.why), escape(", ".join(one.blind) or story.words("none"))]
            for one in refused]  # fmt: skip
    return f"<h3>{escape(story.words('refused'))}</h3>{table(headings, rows, text_columns=3)}"
