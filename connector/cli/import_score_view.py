"""Show a translated score on a terminal, as JSON, and everybody's comparison as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich import box
from rich.table import Table
from rich.text import Text

from connector.cli.session import Session
from connector.cli.words import count_text, fixed_text
from connector.domain.values import rounded
from connector.domain.wording import number_text

if TYPE_CHECKING:
    from connector.bootstrap_score import Compared
    from connector.ports import PersonRef
    from connector.study.crm_score.definition import ScoreChange
    from connector.study.crm_score.gaps import Gap
    from connector.study.crm_score.parity import Pair, Parity
    from connector.study.crm_score.translate import Translation

Changes = Mapping[tuple[str, "PersonRef"], "Sequence[ScoreChange]"]
_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class ScoreView:
    """Say what became of scores, in the user's language."""

    session: Session
    translation: Translation

    def say(self, key: str, **values: object) -> None:
        self.session.out.print(self.session.say(key, **values), soft_wrap=True)

    @property
    def is_empty(self) -> bool:
        """Say whether nothing of the scores can be said in a model."""
        return self.translation.fit is None and self.translation.engagement is None

    @property
    def names(self) -> str:
        return ", ".join(score.name for score in self.translation.scores)

    def head(self) -> Iterator[str]:
        """Yield the lines that the written model begins with."""
        yield self.session.say("score_head", names=" ".join(self.names.split()))
        left_out = [gap for gap in self.translation.gaps if gap.is_left_out]
        if left_out:
            yield self.session.say("score_head_out", count=count_text(len(left_out), self.session.locale))
            yield from (" ".join(f"- {self.gap_text(gap)}".split()) for gap in left_out)

    def gap_text(self, gap: Gap) -> str:
        """Say where a difference is, what it is, and what to do."""
        session, where = self.session, gap.where
        place = where.group or where.score
        if where.rule is not None:
            place = session.say("score_place", group=place, rule=where.rule)
        points = "" if gap.points is None else number_text(gap.points, session.locale)
        said = session.say(f"gap_{gap.why}", detail=gap.detail, points=points)
        if points and gap.is_left_out:
            place = f"{place} ({session.say('score_points', points=points)})"
        return f"{place}: {said}"

    def show_translation(self) -> None:
        fit, engagement = self.translation.fit, self.translation.engagement
        self.say("score_from", names=self.names)
        if self.is_empty:
            self._show_gaps()
            self.say("score_nothing")
            return
        self.say(
            "score_made", criteria=len(fit.criteria) if fit else 0, exclusions=len(fit.exclusions) if fit else 0,
            signals=len(engagement.signals) if engagement else 0,
        )  # fmt: skip
        for key, values in self._thresholds():
            self.say(key, **values)
        self._show_gaps()
        if self.translation.added:
            self.say("score_added", names=", ".join(source.name for source in self.translation.added))

    def _thresholds(self) -> Iterator[tuple[str, dict[str, str]]]:
        fit, engagement, locale = self.translation.fit, self.translation.engagement, self.session.locale
        if fit is None:
            yield "score_kept_fit", {}
        elif fit.threshold_pct is None or fit.threshold_points is None:
            yield "score_no_threshold", {}
        else:
            pct, points = number_text(fit.threshold_pct, locale), number_text(fit.threshold_points, locale)
            yield "score_threshold", {"pct": pct, "points": points}
        if engagement is None:
            yield "score_kept_engagement", {}
        elif engagement.enter is None:
            yield "score_no_enter", {}
        else:
            yield "score_enter", {"points": number_text(engagement.enter, locale)}

    def _show_gaps(self) -> None:
        gaps, locale = self.translation.gaps, self.session.locale
        if not gaps:
            self.say("score_exact")
        for key, listed in (
            ("score_left_out", [gap for gap in gaps if gap.is_left_out]),
            ("score_altered", [gap for gap in gaps if not gap.is_left_out]),
        ):
            if listed:
                self.session.out.print()
                self.say(key, count=count_text(len(listed), locale))
            for gap in listed:
                self.session.out.print(f"  {self.gap_text(gap)}", soft_wrap=True)

    def show_parity(self, compared: Compared, changes: Changes, shown: int) -> None:
        for parity in compared.parities:
            self.session.out.print()
            self._show_one(parity, compared, changes, shown)

    def _show_one(self, parity: Parity, compared: Compared, changes: Changes, shown: int) -> None:
        locale = self.session.locale
        people = count_text(len(parity.pairs), locale)
        self.session.out.print(
            self.session.say("score_parity", property=parity.score_property, people=people), style="bold"
        )
        if compared.failed:
            self.say("score_failed", count=count_text(compared.failed, locale))
        if parity.blank_count:
            self.say("score_blank", count=count_text(parity.blank_count, locale))
        agreement = parity.agreement
        if agreement is None:
            self.say("score_no_rank")
        else:
            low, high = fixed_text(agreement.low, locale, 3), fixed_text(agreement.high, locale, 3)
            self.say("score_rank", value=fixed_text(agreement.value, locale, 3), low=low, high=high)
        if parity.pairs:
            pct = fixed_text(100 * parity.same_count / len(parity.pairs), locale, 0)
            mean = fixed_text(parity.mean_difference, locale, 1)
            self.say("score_same", count=count_text(parity.same_count, locale), pct=pct, mean=mean)
        self._show_hands(parity)
        if biggest := parity.biggest(shown):
            self.session.out.print(self._table(parity, biggest, changes))

    def _show_hands(self, parity: Parity) -> None:
        locale = self.session.locale
        if parity.threshold is None:
            self.say("score_no_hands")
            return
        self.say(
            "score_hands", threshold=number_text(parity.threshold, locale), both=count_text(parity.both_count, locale),
            gained=count_text(len(parity.gained), locale), lost=count_text(len(parity.lost), locale),
        )  # fmt: skip

    def _table(self, parity: Parity, pairs: Sequence[Pair], changes: Changes) -> Table:
        table = Table(
            title=self.session.say("score_biggest"), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False
        )
        table.add_column(self.session.say("score_person"))
        for key in ("score_theirs", "score_ours"):
            table.add_column(self.session.say(key), justify="right")
        table.add_column(self.session.say("score_why"), ratio=1)
        locale = self.session.locale
        for pair in pairs:
            theirs = "–" if pair.theirs is None else number_text(rounded(pair.theirs), locale)
            why = self._reasons(pair, changes.get((parity.score_property, pair.ref), ()))
            table.add_row(
                Text(pair.ref.object_id), theirs, number_text(rounded(pair.ours), locale), Text("\n".join(why))
            )
        return table

    def _reasons(self, pair: Pair, changes: Sequence[ScoreChange]) -> Iterator[str]:
        locale = self.session.locale
        lines = sorted(pair.lines, key=lambda line: -abs(line.points))[:_LINES]
        told = ", ".join(f"{line.rule} {number_text(rounded(line.points), locale)}" for line in lines)
        yield self.session.say("score_lines", lines=told or "–")
        if pair.unknown:
            yield self.session.say("score_unknown", names=", ".join(pair.unknown))
        moved = list(dict.fromkeys(name for change in changes for name in (*change.properties, *change.events)))
        if moved:
            yield self.session.say("score_changes", names=", ".join(moved))

    def show_files(self, out: Path | None, out_mapping: Path | None, out_parity: Path | None) -> None:
        if self.is_empty:
            return
        self.session.out.print()
        if out is None:
            self.say("score_kept")
        else:
            self.say("score_written", path=out)
        if out_mapping is not None:
            self.say("score_mapping_written", path=out_mapping)
        if out_parity is not None:
            self.say("score_parity_written", path=out_parity)


def to_document(view: ScoreView, compared: Compared | None, changes: Changes) -> dict[str, Any]:
    """Return everything as JSON can hold it."""
    translation = view.translation
    fit, engagement = translation.fit, translation.engagement
    return {
        "scores": [{"id": one.id, "name": one.name, "axes": sorted(one.categories)} for one in translation.scores],
        "criteria": len(fit.criteria) if fit else 0,
        "exclusions": len(fit.exclusions) if fit else 0,
        "signals": len(engagement.signals) if engagement else 0,
        "fit_threshold": fit.threshold_pct if fit else None,
        "mql_enter": engagement.enter if engagement else None,
        "gaps": [_gap_document(view, gap) for gap in translation.gaps],
        "added": [source.name for source in translation.added],
        "people": compared.people if compared else 0,
        "failed": compared.failed if compared else 0,
        "parity": [_parity_document(one, changes) for one in (compared.parities if compared else ())],
    }


def _gap_document(view: ScoreView, gap: Gap) -> dict[str, Any]:
    where = gap.where
    return {
        "score": where.score, "group": where.group, "rule": where.rule, "why": gap.why, "left_out": gap.is_left_out,
        "points": gap.points, "detail": gap.detail, "message": view.gap_text(gap),
    }  # fmt: skip


def _parity_document(parity: Parity, changes: Changes) -> dict[str, Any]:
    agreement = parity.agreement
    shown = {ref for name, ref in changes if name == parity.score_property}
    return {
        "property": parity.score_property,
        "people": len(parity.pairs),
        "blank": parity.blank_count,
        "spearman": agreement,
        "same": parity.same_count,
        "mean_difference": parity.mean_difference,
        "threshold": parity.threshold,
        "both": parity.both_count,
        "gained": [pair.ref.object_id for pair in parity.gained],
        "lost": [pair.ref.object_id for pair in parity.lost],
        "biggest": [_pair_document(parity, pair, changes) for pair in parity.biggest(len(shown))],
    }


def _pair_document(parity: Parity, pair: Pair, changes: Changes) -> dict[str, Any]:
    return {
        "object_id": pair.ref.object_id,
        "hubspot": pair.theirs,
        "puente": pair.ours,
        "lines": pair.lines,
        "unknown": pair.unknown,
        "hubspot_changes": list(changes.get((parity.score_property, pair.ref), ())),
    }


def parity_csv(compared: Compared) -> str:
    """Return a line for every person and property."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ("object_type", "object_id", "property", "hubspot", "puente", "difference", "hubspot_hands_over",
         "puente_hands_over", "puente_lines", "unknown")
    )  # fmt: skip
    for parity in compared.parities:
        for pair in parity.pairs:
            writer.writerow(_csv_row(parity, pair))
    return text.getvalue()


def _csv_row(parity: Parity, pair: Pair) -> tuple[object, ...]:
    theirs = "" if pair.theirs is None else rounded(pair.theirs)
    hands = parity.hands(pair) or ("", "")
    lines = "; ".join(f"{line.rule} {rounded(line.points):g}" for line in pair.lines)
    return (
        pair.ref.object_type, pair.ref.object_id, parity.score_property, theirs, rounded(pair.ours),
        rounded(pair.difference), *(str(one).lower() for one in hands), lines, "; ".join(pair.unknown),
    )  # fmt: skip
