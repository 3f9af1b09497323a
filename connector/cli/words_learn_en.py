"""Hold what `backtest` and `calibrate` say in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LEARN_EN: Final[Mapping[str, str]] = {
    "learn_evidence": "Looked at: {rows} past decisions about {people} people, {winners} of them won later. A win"
    " counts for {days} days.",
    "learn_span": "From {first} to {last}, week by week.",
    "learn_assumed": "Taken as it is today, because the CRM tells no history of it: {names}.",
    "learn_at_handoff": "Nobody was long in marketing's hands: each person is looked at once, as they were when a deal"
    " was made.",
    "learn_counters": "Left out, because only today's number is known of it: {names} (as a counter).",
    "learn_leaks": "Refused, because it was written by sales or after the fact:",
    "leak_name": "{name} — its name says so",
    "leak_written_later": "{name} — in {strength} of the people handed over it was filled in after that",
    "leak_too_good": "{name} — alone it tells who was won (AUC {strength}): nobody knew that before",
    "leak_blank": "{name} — whether it is blank tells who was won ({strength} apart): it is filled in with sales",
    "learn_vouch": "If one of them was known before the handoff, say so with --known-before NAME.",
    "shift_wins": "The past is not like the present: {before} % of the older decisions were won, {now} % of the newest."
    " Points still rank people; do not read chances of winning into them.",
    "shift_score": "The scores of the newest decisions are spread differently from the older ones (PSI {psi}; from 0.25"
    " on that is a change).",
    "shift_attributes": "What people say of themselves has changed since the older decisions (PSI): {names}.",
    "refused_few_wins": "Nothing is proposed: {have} people were won, and {need} are needed — {more} more. Until then"
    " the points you set by hand are the better guess.",
    "refused_few_losses": "Nothing is proposed: {have} people were not won, and {need} are needed — {more} more.",
    "refused_few_older": "Nothing is proposed: of the older decisions, whose outcome was known when the newest began,"
    " {have} people were won, and {need} are needed — try again with a longer past.",
    "refused_few_newest": "Nothing is proposed: of the newest decisions, kept apart to check on, {have} people were"
    " won, and {need} are needed — try again with a longer past.",
    "refused_nothing_to_learn": "Nothing is proposed: what was won and lost supports the points of the file as they"
    " are.",
    "refused_no_gain": "Nothing is proposed: on the newest decisions, kept apart to check on, the learnt points do not"
    " beat the file for certain (AUC {before} now, {after} learnt; gain per decision {gain}, 95 % interval {low} to"
    " {high}).",
    "refused_no_threshold": "Nothing is proposed: at no threshold so large a share of those handed over is won for"
    " certain — lower --precision.",
    "proposal_better": "On the newest decisions, kept apart to check on ({winners} winners), the proposal tells who is"
    " won better than the file: log loss per decision lower by {gain}, 95 % interval {low} to {high}; AUC {after}"
    " instead of {before} (0.5 is chance, 1 never errs).",
    "proposal_volume": "With the threshold proposed about {after} people a week have the points, instead of {before}.",
    "proposal_what": "What",
    "proposal_before": "Now",
    "proposal_after": "Proposed",
    "proposal_new": "new criterion: {label}",
    "proposal_plan": "What applying it would do now:",
    "proposal_past": "What it would have done in the past:",
    "proposal_written": "The proposal is in {path}. Look at it, raise its version, and see who moves:"
    " `puente plan --model {path}`",
    "proposal_kept": "Nothing was written; --out FILE keeps the proposal.",
    "calibrate_one_goal": "--per-week and --precision both place the threshold — give one of them",
    "backtest_progress": "Deciding the past again",
    "calibrate_progress": "Learning from won and lost",
    "calibrate_tried": "Trying the proposal on the past and on today",
    "backtest_few": "Only {winners} people were won: too few to conclude anything.",
    "backtest_blind": "Not reconstructable, and left out: {names}. The CRM tells no history of it; with"
    " --known-before NAME it is taken as it is today.",
    "backtest_today": "Told apart by what is known today, because the CRM tells no history of it: {names}.",
    "backtest_capacity": "Rankings are cut at {count} people a week.",
    "backtest_model": "Model",
    "backtest_tasks": "Handed over a week",
    "backtest_precision": "Of these won",
    "backtest_found": "Winners found",
    "backtest_lead": "Days earlier",
    "backtest_folds": "{name}: as a ranking, stretch by stretch (learnt from what was known before;"
    " AUC 0.5, lift 1 and skill 0 are chance)",
    "backtest_stretch": "Stretch",
    "backtest_wins": "Wins",
    "backtest_auc": "AUC",
    "backtest_lift": "Lift, first fifth",
    "backtest_skill": "Skill",
    "backtest_recall": "Found at capacity",
    "backtest_expected": "Wins expected",
    "backtest_reliability": "{name}: chance said, and what came",
    "backtest_said": "Said",
    "backtest_came": "Won",
    "backtest_rows": "Decisions",
    "backtest_segment": "{name}: by {attribute}",
    "backtest_value": "Value",
    "backtest_people": "People",
    "backtest_blank": "(blank)",
}
