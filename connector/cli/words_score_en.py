"""Hold what `import hubspot-score` says in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SCORE_EN: Final[Mapping[str, str]] = {
    "score_head": "Made by `puente import hubspot-score` from: {names}.",
    "score_head_out": "Left out, {count}:",
    "score_exists": "{names}: exists already — add --force to overwrite, or name another file",
    "score_ask": "{names}: exists already. Overwrite?",
    "score_limit_alone": "--limit, --threshold and --out-parity are about the comparison — leave out --no-parity",
    "score_no_output": "HubSpot does not say in which property this score is, so there is nothing to compare.",
    "score_progress": "Comparing",
    "score_from": "From HubSpot: {names}.",
    "score_made": "Made of it: fit criteria {criteria}, exclusions {exclusions}, signals {signals}.",
    "score_kept_fit": "It says nothing of fit: the criteria of your model stay.",
    "score_kept_engagement": "It says nothing of engagement: the signals of your model stay.",
    "score_threshold": "Fit from {pct} % ({points} points in HubSpot).",
    "score_no_threshold": "HubSpot has no labels for fit: your model's threshold stays — look at it.",
    "score_enter": "MQL from {points} points, where HubSpot's highest label begins.",
    "score_no_enter": "HubSpot has no labels for engagement: your model's `stages.mql.enter` stays — look at it.",
    "score_nothing": "Nothing of it can be said in a model; nothing was written.",
    "score_left_out": "No equivalent, left out ({count}):",
    "score_altered": "Not quite the same ({count}):",
    "score_exact": "Every rule has an equivalent.",
    "score_place": "{group}, rule {rule}",
    "score_points": "{points} points",
    "gap_operator": "the comparison {detail} has no counterpart — write a condition by hand, or have a workflow set a"
    " property",
    "gap_history": "{detail} looks at a property's past, and a condition sees the present — have a workflow set a"
    " property",
    "gap_date": "{detail} is a fixed or calendar date — have a workflow set a property",
    "gap_comparison": "{detail} compares two properties — have a workflow set a property",
    "gap_segment": "membership of lists {detail} — a signal of kind list_joined comes near; for a profile, let a"
    " workflow set a property",
    "gap_association": "related records ({detail}) — Puente reads the primary company and deals (attributes `from:"
    " deals`)",
    "gap_constant": "points for everybody — lower the threshold by as much instead",
    "gap_event": "events {detail} are not read by Puente — have a workflow count them in a property, and map it as a"
    " counter",
    "gap_form_name": "forms {detail}: HubSpot does not tell their names — grant the scope forms, and repeat",
    "gap_unmapped": "the mapping lacks the property — repeat with --out-mapping FILE, or add under attributes:"
    " {detail}",
    "gap_no_property": "HubSpot shows no property {detail} — grant the scope to see it, and repeat",
    "gap_type": "the mapping reads {detail} as another type than the rule compares — correct its type there",
    "gap_engagement_property": "the property {detail} is no event — a fit criterion, if it says who somebody is; a"
    " counter in the mapping, if it counts",
    "gap_kind_unmapped": "the mapping makes no {detail} of anything — add it under events",
    "gap_event_property": "the mapping does not keep {detail} of these events — add it under `set`",
    "gap_values_joined": "the mapping gives several values of {detail} one name: the rule now covers them all",
    "gap_related": "HubSpot weighs all companies of a person, Puente the primary one",
    "gap_excluded": "takes away as much as all else can give: it became an exclusion",
    "gap_rule_limit": "the limit of {points} is for the rule as a whole: now each of its signals has it",
    "gap_fit_limit": "the group's limit of {points} has no counterpart in fit: its criteria can outweigh it",
    "gap_lower_limit": "the lowest the group can be, {points}, has no counterpart: a cap holds both ways",
    "gap_frequency": "points by how often: now the same for each event, {points} after {detail} of them",
    "gap_counter": "points from a counter on: now the same for each of {detail}",
    "gap_decay": "HubSpot's decay is a straight line, a half-life a curve: half is gone after {detail} days in both,"
    " and all of it at the end of the window",
    "gap_one_number": "one number became two axes: who fits, and who is active",
    "gap_segments": "HubSpot scores certain lists only, Puente everybody — add fit.exclusions",
    "score_added": "Added to the mapping: {names}.",
    "score_written": "The model is in {path}. Look at it, and see who moves: `puente plan --model {path}`",
    "score_mapping_written": "The mapping is in {path}; use both together: --mapping {path}",
    "score_kept": "Nothing was written; --out FILE keeps the model.",
    "score_parity": "{property}: HubSpot's score beside the model's, {people} people",
    "score_failed": "{count} people could not be read, and are not in it.",
    "score_blank": "{count} have no score in HubSpot; counted as 0.",
    "score_rank": "Rank agreement (Spearman): {value}, 95 % interval {low} to {high}.",
    "score_no_rank": "Rank agreement: not defined, where all have one score or there are fewer than four people.",
    "score_same": "The same to half a point: {count} ({pct} %); on average {mean} points apart.",
    "score_hands": "From {threshold} points: {both} in both, {gained} only in Puente, {lost} only in HubSpot.",
    "score_no_hands": "HubSpot has no label on this sum; --threshold POINTS says who would change hands.",
    "score_biggest": "The biggest differences",
    "score_person": "Person",
    "score_theirs": "HubSpot",
    "score_ours": "Puente",
    "score_why": "What it is made of",
    "score_lines": "Puente: {lines}",
    "score_unknown": "unknown: {names}",
    "score_changes": "HubSpot, last: {names}",
    "score_parity_written": "Everybody's line is in {path}.",
}
