"""Hold what a comparison of a shadow says in English, beside the words of a plan or in place of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SHADOW_EN: Final[Mapping[str, str]] = {
    # in a sentence
    "title": "{after} in the shadow of {before}, for {people} people",
    "title_one": "{after} in the shadow of {before}, for 1 person",
    "age": "From {since} to {until} ({age}): {count} live decisions, each made with both models.",
    "age_one": "On {since}: 1 live decision, made with both models.",
    "agree": "Both models see everybody in the same stage.",
    "some_differ": "Of {people} people, {count} would have another stage under the candidate ({share} %).",
    "some_differ_one": "Of {people} people, 1 would have another stage under the candidate.",
    "only_person": "The only person seen would have another stage under the candidate.",
    "a_move": "{count} who are {before} would be {after}",
    "a_move_one": "1 who is {before} would be {after}",
    "moves_are": "They are: {moves}.",
    "demoted": "{count} would be less far than they are.",
    "demoted_one": "1 would be less far than they are.",
    "advanced": "{count} would be further than they are.",
    "advanced_one": "1 would be further than they are.",
    "tasks_are": "Tasks sales got in that time: {live}; from the candidate it would have got {candidate}.",
    "taken_over": "Of the candidate's, {count} would have come as it took people over: at the first decision of each.",
    "taken_over_one": "Of the candidate's, 1 would have come as it took people over: at that person's first decision.",
    "no_tasks": "In that time neither model handed anybody over.",
    "peak_is": "On the fullest day {owner} had {count}.",
    "candidate_peak_is": "On the candidate's fullest day, {owner} would have had {count}.",
    "over_capacity": "That is more than the {capacity} a day the candidate plans per rep.",
    "unseen_attributes": "The live model does not ask for {names}: to the candidate they are unknown.",
    "unseen_kinds": "The live model does not ask for events of the kinds {names}: the candidate has not seen them.",
    "shortsighted": "The candidate counts events longer than the live model reads them: of older ones it knows"
    " nothing.",
    "set_aside": "{count} people were compared with other models and are not counted.",
    "set_aside_one": "1 person was compared with other models and is not counted.",
    "as_of": "Everybody is compared as of their last live decision.",
    "not_kept": "This is a comparison, no plan: there is nothing to apply. What the candidate would do to everybody"
    " today:",
    "not_kept_command": "  puente snapshot && puente plan --model {file}",
    # headings and columns
    "moves": "Who would have another stage",
    "matrix": "Stages under the live model, and under the candidate",
    "before": "Live",
    "after": "Candidate",
    "stays": "The same",
    "tasks": "Tasks from the candidate, per rep and day",
    "live_tasks": "Tasks that were made, per rep and day",
    "tasks_by_day": "Tasks by day",
    "capacity_line": "What the candidate plans per rep and day: {count}",
    "flow": "{before} live, {after} under the candidate: {count}",
    "seal_note": "Nothing of this was written to the CRM.",
    "made_at": "Compared {at} UTC · {crm}, account {account}",
    "sample": "Some of those who differ",
    # one person
    "live_look": "Live: {look}",
    "candidate_look": "Candidate: {look}",
    "look": "{rule} · {score} points · fit {fit} · {grade}",
    "look_without_fit": "{rule} · {score} points · {grade}",
    "cause_memory": "what each model decided earlier",
}
