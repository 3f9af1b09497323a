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

Run: `python benchmarks/learning.py [--data FOLDER] [--newest FOLDER] [--repeats N]`
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
from outcomes.synthetic import compare_with_optimum
from outcomes.tables import SOURCES, Table, join_newest, read_table

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


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the data sets")
    parser.add_argument("--newest", type=Path, help="folder with newer rows of the same files, to measure on")
    parser.add_argument("--repeats", type=int, default=5, help="draws per number of wins (default 5)")
    options = parser.parse_args(arguments)
    print_comparison("Made-up history, forward in time", {k: [v] for k, v in compare_with_optimum().items()})
    for source in SOURCES:
        table = read_table(source, options.data)
        if table is None:
            print(f"\n{source.name}: left out, {options.data / source.file} is not there", file=sys.stderr)
            continue
        if options.newest:
            table = join_newest(table, read_table(source, options.newest))
        if table.has_clock:
            print_comparison(f"{table.name}, forward in time", compare(table, list(turns_in_time(table))))
        print_comparison(f"{table.name}, {FOLDS} folds by lot", compare(table, list(turns_by_lot(table))))
        print_few_wins(table, options.repeats)
    return 0


if __name__ == "__main__":
    sys.exit(main())
