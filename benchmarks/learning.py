"""Measure what is learnt from won and lost, on real leads and on a history whose best answer is known, in one run.

Everybody learns from the same rows and is measured on the same rows they have not seen:

- hand-set points: a model file written before looking at who bought (`outcomes/hand_*.yaml`)
- calibrated file: what `connector.study.learning` makes of it, written as a file with whole points, read back and
  weighed by the product's own engine
- Odoo's arithmetic: naive Bayes over the values of fields, as Odoo's predictive lead scoring does it
- logistic regression, gradient boosting: scikit-learn's, which are no file that anybody could read

`skill` is 1 − log loss / log loss of always saying the rate of wins of the rows learnt from; below 0 is worse.
Data sets with a clock are split in time (the first four fifths, then the last); besides, all are split by lot. With
few wins, half of the rows, drawn by lot, is kept apart; hand-set and calibrated file learn from so many wins.

The data is not part of this project: `--data FOLDER` has the files that `outcomes/tables.py` names; a set that is not
there is left out. `--newest FOLDER` has files of the same names with newer rows: then all older ones are learnt from.

Data of one's own is tried with `--csv FILE --won COLUMN[=VALUE]`: one lead a row. `--at COLUMN` tells their order in
time, `--leave-out` and `--known-before` name columns that are not asked and such as sales did not write, and `--model
FILE` is the hand-set file; without it, one that knows nothing. Numbers stay numbers, all else is text.

Run: `python benchmarks/learning.py [--data FOLDER] [--newest FOLDER] [--repeats N]`
or `python benchmarks/learning.py --csv FILE --won COLUMN[=VALUE] [--at COLUMN] [--known-before COLUMN …] …`
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Final

import numpy as np
from outcomes.calibrated import Calibrator
from outcomes.contenders import BESIDES, Scored
from outcomes.own import WON, Asked, BadTableError, calibrate, hand_text, read_leads, to_table
from outcomes.synthetic import compare_with_optimum
from outcomes.tables import SOURCES, Table, join_newest, read_table

from connector.errors import PuenteError
from connector.study.calibrate import Calibration
from connector.study.learning.measures import Quality, measure
from connector.study.learning.splits import split_by_lot
from connector.study.vector_truth import Ints

DATA: Final = Path(__file__).resolve().parents[2] / "shared" / "data"
FOLDS: Final = 5
FEW_WINS: Final = (10, 20, 50, 100, 200)
HAND: Final = "hand-set points"
FILE: Final = "calibrated file"
HEADINGS: Final = f"{'':22}{'AUC':>8}{'PR-AUC':>9}{'Brier':>8}{'skill':>8}{'lift@20%':>10}"


@dataclass(frozen=True)
class Turn:
    """Hold the rows of one comparison."""

    learn: Ints
    others: Ints
    in_time: bool


def turns_in_time(table: Table) -> Iterator[Turn]:
    rows = np.arange(len(table.won))
    begin = table.newest_from or round(0.8 * len(rows))
    yield Turn(rows[:begin], rows[begin:], True)


def turns_by_lot(table: Table) -> Iterator[Turn]:
    rows = np.arange(len(table.won))
    for learn, others in split_by_lot(rows, table.won, FOLDS, np.random.default_rng(7)):
        yield Turn(learn, others, False)


def usable(table: Table, turns: Sequence[Turn]) -> list[Turn]:
    """Return the comparisons that have wins and losses both among the rows to learn from and among the others."""
    return [turn for turn in turns
            if all(0 < table.won[rows].sum() < len(rows) for rows in (turn.learn, turn.others))]  # fmt: skip


def compare(table: Table, turns: Sequence[Turn]) -> dict[str, list[Quality]]:
    """Return what every contender reaches, turn by turn."""
    found: dict[str, list[Quality]] = {}
    calibrator = Calibrator(table)
    for turn in turns:
        base = float(table.won[turn.learn].mean())

        def add(name: str, scored: Scored, turn: Turn = turn, base: float = base) -> None:
            found.setdefault(name, []).append(measure(scored.score, scored.chance, table.won[turn.others], base))

        text = calibrator.learn(turn.learn, in_time=turn.in_time)
        add(HAND, calibrator.score(table.hand_text, turn.learn, turn.others))
        add(FILE, calibrator.score(text, turn.learn, turn.others))
        for name, score in BESIDES:
            add(name, score(table, turn.learn, turn.others))
    return found


def print_comparison(title: str, found: dict[str, list[Quality]]) -> None:
    print(f"\n{title}\n{HEADINGS}")
    for name, turns in found.items():
        auc, pr, brier, skill, lift = (mean(getattr(turn, what) for turn in turns)
                                       for what in ("auc", "pr_auc", "brier", "skill", "lift"))  # fmt: skip
        print(f"{name:22}{auc:>8.3f}{pr:>9.3f}{brier:>8.3f}{skill:>8.3f}{lift:>10.2f}")


def print_few_wins(table: Table, repeats: int) -> None:
    """Learn from so many wins, at the rate at which they come, and measure on the half kept apart."""
    rng = np.random.default_rng(11)
    rows = rng.permutation(len(table.won))
    others, pool = np.sort(rows[: len(rows) // 2]), rows[len(rows) // 2 :]
    rate, calibrator = table.won[pool].mean(), Calibrator(table)
    print(f"\n{table.name}: from few wins (mean of {repeats}; in brackets the least skill of the calibrated file)")
    print(f"{'wins':>6}{'rows':>8}{'AUC hand':>11}{'AUC file':>10}{'skill hand':>12}{'skill file':>12}")
    for wins in FEW_WINS:
        size, pairs = round(wins / rate), []
        if size > len(pool):
            break
        for _ in range(repeats):
            hits = rng.permutation(pool[table.won[pool]])[:wins]
            misses = rng.permutation(pool[~table.won[pool]])[: size - wins]
            learn = np.sort(np.concatenate([hits, misses]))
            text = calibrator.learn(learn, in_time=False)
            scored = [calibrator.score(one, learn, others) for one in (table.hand_text, text)]
            pairs.append([measure(one.score, one.chance, table.won[others], wins / size) for one in scored])
        auc, skill = ([mean(getattr(pair[place], what) for pair in pairs) for place in (0, 1)]
                      for what in ("auc", "skill"))  # fmt: skip
        least = min(pair[1].skill for pair in pairs)
        print(f"{wins:>6}{size:>8}{auc[0]:>11.3f}{auc[1]:>10.3f}{skill[0]:>12.3f}{skill[1]:>12.3f}  ({least:.3f})")


def print_table(table: Table, repeats: int) -> None:
    """Print all comparisons of one data set."""
    if table.has_clock:
        print_turns(f"{table.name}, forward in time", table, list(turns_in_time(table)))
    print_turns(f"{table.name}, {FOLDS} folds by lot", table, list(turns_by_lot(table)))
    print_few_wins(table, repeats)


def print_turns(title: str, table: Table, turns: Sequence[Turn]) -> None:
    kept = usable(table, turns)
    if kept:
        print_comparison(title, compare(table, kept))
    else:
        print(f"\n{title}: left out, there are no wins and losses both to learn from and to measure on")


def print_own(asked: Asked, repeats: int) -> int:
    """Print what becomes of somebody's own table."""
    try:
        leads = read_leads(asked)
        given = calibrate(leads, asked, hand_text(asked, leads.attribute_types))
        leaked = {leak.attribute for leak in given.evidence.leaks}
        hand = hand_text(asked, [name for name in leads.attribute_types if name not in leaked])
        table = to_table(leads, asked, hand, leaked)
    except (BadTableError, PuenteError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{asked.file.name}: {len(leads.won)} leads, {int(leads.won.sum())} won")
    for leak in given.evidence.leaks:
        print(f"refused: {leak.attribute} ({leak.why}); --known-before {leak.attribute} says otherwise")
    print(f"`puente calibrate --new-criteria` {_told(given)}")
    print_table(table, repeats)
    return 0


def _told(given: Calibration) -> str:
    gain = given.comparison and given.comparison.gain
    checked = f" (log loss lower by {gain.value:.4f}, {gain.low:.4f} to {gain.high:.4f})" if gain else ""
    if given.refusal is None:
        return f"proposes {len(given.changes)} changes and {len(given.criteria)} criteria{checked}"
    counted = f": {given.refusal.have} of {given.refusal.need}" if given.refusal.need else ""
    return f"proposes nothing, {given.refusal.why}{counted}{checked}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the data sets")
    parser.add_argument("--newest", type=Path, help="folder with newer rows of the same files, to measure on")
    parser.add_argument("--repeats", type=int, default=5, help="draws per number of wins (default 5)")
    parser.add_argument("--csv", type=Path, help="a table of your own instead: one lead a row")
    parser.add_argument("--won", metavar="COLUMN[=VALUE]", help="the column that says who was won, and how it says so")
    parser.add_argument("--at", metavar="COLUMN", help="the column that tells time: an instant or a growing number")
    parser.add_argument("--known-before", action="append", default=[], metavar="COLUMN", help="sales did not write it")
    parser.add_argument("--leave-out", action="append", default=[], metavar="COLUMN", help="do not ask this column")
    parser.add_argument("--model", type=Path, help="the hand-set file of --csv; names are in small letters with _")
    options = parser.parse_args(arguments)
    if options.csv:
        if not options.won:
            parser.error("--csv needs --won COLUMN[=VALUE]")
        column, _, value = options.won.partition("=")
        values = {value.strip().lower()} if value else WON
        asked = Asked(options.csv, column, values, options.at, options.leave_out, options.known_before, options.model)
        return print_own(asked, options.repeats)
    print_known(options.data, options.newest, options.repeats)
    return 0


def print_known(data: Path, newest: Path | None, repeats: int) -> None:
    """Print the made-up history and the data sets that are there."""
    print_comparison("Made-up history, forward in time", {k: [v] for k, v in compare_with_optimum().items()})
    for source in SOURCES:
        table = read_table(source, data)
        if table is None:
            print(f"\n{source.name}: left out, {data / source.file} is not there", file=sys.stderr)
            continue
        print_table(join_newest(table, read_table(source, newest)) if newest else table, repeats)


if __name__ == "__main__":
    sys.exit(main())
