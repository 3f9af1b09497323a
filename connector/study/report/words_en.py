"""Hold what the report says in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REPORT_EN: Final[Mapping[str, str]] = {
    # the head
    "title": "Weekly lead report",
    "span": "{weeks} weeks, {since} to {until} · {people} people in the base",
    "span_one": "1 week, {since} to {until} · {people} people in the base",
    "monday": "What to change on Monday",
    "quality_first": "Sales accepted {share} of the leads it answered{change}.",
    "quality_unanswered": "Sales has not answered any lead in these weeks: ask for accepted or rejected, with the"
    " reason.",
    "was": ", after {share} in the weeks before",
    "nothing": "Nothing stands out beyond chance: no rule, channel or step differs surely from the others.",
    "too_early": "Too early to say which rules and channels win: of the last year only {count} handoffs are old"
    " enough ({days} days) to be judged.",
    "no_wins": "No deal was won among the handoffs of the last year, so rules and channels are judged by what sales"
    " accepted.",
    "nobody": "There is nobody in the snapshot.",
    "stale": "The snapshot is {days} days old: take a new one with `puente snapshot` before the meeting.",
    "act_file": "In the model:",
    "act_run": "Run:",
    "act_see": "See:",
    # findings
    "finding_orphans": "{count} leads handed to sales are in nobody's hands: their task is gone or has no owner.",
    "finding_orphans_one": "1 lead handed to sales is in nobody's hands: its task is gone or has no owner.",
    "finding_late": "{count} leads are still untouched after the time agreed, {most} of them with {owner}. In these"
    " weeks sales began in time with {kept}.",
    "finding_late_one": "1 lead is still untouched after the time agreed, with {owner}. In these weeks sales began in"
    " time with {kept}.",
    "finding_late_all": "{count} leads are still untouched after the time agreed, all with {owner}. In these weeks"
    " sales began in time with {kept}.",
    "finding_late_all_one": "1 lead is still untouched after the time agreed, with {owner}. In these weeks sales"
    " began in time with {kept}.",
    "finding_slow": "Sales began in time with only {kept} of the handoffs: agree on a time that can be kept, or on"
    " fewer handoffs.",
    "finding_harmful_signal_won": "“{rule}” fired for {people} people in these weeks, yet of the year's handoffs with"
    " it {share} were won, against {others} without it: lower its points.",
    "finding_harmful_signal_accepted": "“{rule}” fired for {people} people in these weeks, yet in all sales accepted"
    " {share} of those with it, against {others} without it: lower its points.",
    "finding_harmful_penalty_won": "“{rule}” takes points away, yet of the handoffs with it {share} were won, against"
    " {others} without it: make it milder, or remove it.",
    "finding_harmful_penalty_accepted": "“{rule}” takes points away, yet sales accepted {share} of those with it,"
    " against {others} without it: make it milder, or remove it.",
    "finding_harmful_criterion_won": "Who meets “{rule}” is won less often ({share}) than who does not ({others}):"
    " lower its weight, or correct the criterion.",
    "finding_harmful_criterion_accepted": "Sales accepts who meets “{rule}” less often ({share}) than who does not"
    " ({others}): lower its weight, or correct the criterion.",
    "finding_harmful_hand_raise_won": "Of the handoffs with “{rule}” {share} were won, against {others} without it:"
    " look at which forms it takes for a direct request.",
    "finding_harmful_hand_raise_accepted": "Sales accepted {share} of those with “{rule}”, against {others} without"
    " it: look at which forms it takes for a direct request.",
    "finding_dead": "{count} rules have never fired, such as “{rule}”: correct what they look for, or remove them.",
    "finding_dead_one": "The rule “{rule}” has never fired: correct what it looks for, or remove it.",
    "finding_channel_worse": "The channel “{channel}” brings {handed} of the year's handoffs and {wins} of the"
    " customers: {share} were won, against {others} elsewhere. Spend less on it, or ask more of its leads.",
    "finding_channel_better": "The channel “{channel}” brings {handed} of the year's handoffs and {wins} of the"
    " customers: {share} were won, against {others} elsewhere. Put more into it.",
    "finding_rejected_fit": "Sales rejected {share} for not fitting the profile: go through them together and correct"
    " the criteria.",
    "finding_rejected_timing": "Sales rejected {share} as too early: the MQL threshold of {enter} points may be too"
    " low.",
    "finding_rejected_no_response": "Sales rejected {share} because they did not answer: look at how long the first"
    " contact takes.",
    "finding_rejected": "Sales rejected {share} for one reason: {reason}. Agree on what marketing can do about it.",
    "finding_acceptance_fell": "Sales accepts fewer leads: {share}, after {before} in the weeks before.",
    "finding_passage_fell": "Fewer go from {origin} to {target}: {share}, after {before} in the weeks before.",
    "finding_won_unseen": "{share} of the year's customers had a deal before anybody handed them over: the model"
    " comes too late for them, or does not see them.",
    "finding_blocked": "{count} people have the points of an MQL, but too little is known of them to say whether they"
    " fit. Ask for “{attribute}”: {most} of them lack it.",
    "finding_blocked_one": "1 person has the points of an MQL, but too little is known of them to say whether they"
    " fit. Ask for “{attribute}”.",
    "finding_blind": "This account does not give “{source}”: {count} rules of the model cannot fire.",
    "finding_blind_one": "This account does not give “{source}”: 1 rule of the model cannot fire.",
    "finding_drift": "The scores have moved: {now} people are above {enter} points, after {before} when the period"
    " began. See whether the threshold still asks for the right thing.",
    "finding_not_applied": "{count} people were last decided by another model than {name}, the one in force: see what"
    " it would change and apply it.",
    "finding_not_applied_one": "1 person was last decided by another model than {name}, the one in force: see what it"
    " would change and apply it.",
    # tiles
    "tile_accepted": "Accepted by sales",
    "tile_won": "Handoffs won",
    "tile_kept": "Begun in time",
    "tile_touch": "First touch, median",
    "tile_before": "before: {value}",
    "tile_of": "{hits} of {count}",
    "tile_horizon": "of those older than {days} days",
    "tile_judged": "of handoffs",
    "tile_answered": "of those answered",
    "tile_p90": "one in ten: over {value}",
    "hours": "{value} h",
    "days": "{value} d",
    "unknown": "–",
    "quoted": "“{text}”",
    "few": "{hits} of {count}",
    "some": "{pct} ({hits} of {count})",
    # headings
    "funnel": "From lead to customer",
    "channels": "Channels",
    "rules": "What the rules are worth",
    "service": "Time to first touch",
    "scores": "Scores and drift",
    "model": "What changed in the model",
    "quality": "How far the data can be trusted",
    "numbers": "The numbers",
    "how": "How it is counted",
    "alt_funnel": "Bars: people who reached each step in these weeks and in the weeks before",
    "alt_channels": "Dots with intervals: share won by channel",
    "alt_rules": "Dots with intervals: share with the rule, and the share without it",
    "alt_reasons": "Bars: why sales rejected",
    "alt_scores": "Columns: people by points, now and when the period began",
    "alt_late": "Bars: untouched after the time agreed, by owner",
    "alt_completeness": "Bars: share of the people of whom each attribute is known",
    # the funnel
    "this_period": "these {weeks} weeks",
    "this_period_one": "this week",
    "period_before": "the {weeks} weeks before",
    "period_before_one": "the week before",
    "step": "Step",
    "step_came": "New",
    "step_mql": "MQL or further",
    "step_sql": "SQL or further",
    "step_opportunity": "Deal",
    "step_customer": "Won",
    "short_came": "new lead",
    "short_mql": "MQL",
    "short_sql": "SQL",
    "short_opportunity": "deal",
    "short_customer": "customer",
    "passage": "From → to",
    "went_on": "Went on",
    "before": "Before",
    "median_days": "Median time",
    "n": "n",
    "interval": "95 % interval",
    "passage_text": "{share} went on · median {days}",
    "passage_text_untimed": "{share} went on",
    "funnel_how": "A step counts for whom it was reached in these weeks, also when a later one was: who asks for a"
    " demo is an SQL without having been an MQL. “Went on” counts who reached the next step by the end of the period;"
    " the weeks before are shown as they stood at their own end, so that both had the same time. Times are of those"
    " who took the step in these weeks and had been in the one before.",
    "funnel_undated": "{count} people are with sales since nobody knows when; they are left out here.",
    "funnel_undated_one": "1 person is with sales since nobody knows when, and is left out here.",
    "no_history": "This snapshot holds no history of stages, only the present one and its day: who went on lacks the"
    " day of earlier steps. Take it with history: `puente snapshot --history --full`.",
    "no_deals": "The account does not let Puente read deals: won counts who became a customer in the CRM.",
    # channels
    "shows_won": "The share of handoffs won, with its 95 % interval.",
    "shows_rule_won": "The share of handoffs won, with the rule and without it.",
    "shows_rule_accepted": "The share of leads accepted by sales, with the rule and without it.",
    "channel": "Channel",
    "channel_none": "not known",
    "channel_other": "the others",
    "leads": "New in a year",
    "mql": "→ MQL",
    "sql": "MQL → SQL",
    "won": "Won",
    "handed": "Handed over now",
    "verdict": "Judgement",
    "standing_better": "better",
    "standing_worse": "worse",
    "standing_untold": "no sure difference",
    "standing_few": "too few",
    "channels_how": "New people of the last 52 weeks by the attribute `{attribute}`, as it is today. “Won” is of the"
    " handoffs older than {days} days: within that time four of five customers were won. The line shows all together."
    " Better or worse is said only when the difference to the other channels is sure after correcting for how many"
    " are compared.",
    "channels_none": "No attribute tells the channel: name one with --channel.",
    "mark_all": "all: {value}",
    # rules
    "rule": "Rule",
    "kind_signal": "Signals",
    "kind_criterion": "Fit criteria",
    "kind_hand_raise": "Direct requests",
    "points": "Points",
    "fired": "Fired for",
    "accepted": "Accepted",
    "rejected": "Rejected",
    "with_rule": "Won with it",
    "without_rule": "Won without",
    "with_accepted": "Accepted with it",
    "without_accepted": "Accepted without",
    "standing_harmful": "against its points",
    "standing_helpful": "worth its points",
    "standing_dead": "never fired",
    "today": "as of today",
    "legend_better": "surely better than the others",
    "legend_worse": "surely worse",
    "legend_helpful": "surely worth its points",
    "legend_harmful": "surely against its points",
    "legend_with": "with the rule (95 % interval)",
    "legend_without": "without it",
    "too_few": "Too few handoffs to draw: each share stands in the numbers.",
    "never_fired": "Never fired: {rules}.",
    "reasons": "Why sales rejected",
    "no_reasons": "Sales rejected nobody in these weeks.",
    "no_reason": "no reason given",
    "rules_how": "Of everybody handed over, a rule counts as fired when it had fired before the handoff; what"
    " happened later is left out. Won counts handoffs of the last 52 weeks older than {days} days. “Fired for” are"
    " the people of these weeks; of a criterion, those who meet it now. “As of today” marks rules that look at an"
    " attribute whose history the CRM does not keep.",
    "counters": "Only today's count is known of {kinds}: left out before handoffs, unless it hardly moves after them.",
    "rules_none": "No handoff could be judged yet.",
    # service
    "service_line": "{handed} handoffs; sales began in time with {kept}.",
    "service_line_one": "1 handoff; sales began in time with {kept}.",
    "service_early": "{handed} handoffs; none has been begun or is due yet.",
    "service_early_one": "1 handoff; it has not been begun and is not due yet.",
    "service_hours": "First touch: a median of {median} of business time; one in ten takes over {p90} (n = {count}).",
    "service_undated": "{count} more were begun with on an unknown day.",
    "service_undated_one": "1 more was begun with on an unknown day.",
    "service_none": "Nobody was handed to sales in these weeks.",
    "late": "Untouched after the time agreed, today",
    "late_none": "Nobody waits beyond the time agreed.",
    "orphans": "In nobody's hands, today",
    "orphans_none": "Every handoff has a task and an owner.",
    "tasks_unknown": "The mapping keeps no key of handoffs, so tasks are not known: `handoff.key` under `write_back`.",
    "owner": "Owner",
    "of_owner": "owner {owner}",
    "of_nobody": "no owner",
    "no_owner": "nobody",
    "person": "Person",
    "stage": "Stage",
    "lacks": "Lacks",
    "lacks_task": "a task",
    "lacks_owner": "an owner of the task",
    "of_record": "{owner} (the record's)",
    "waiting": "Waiting",
    "more": "and {count} more",
    "more_one": "and 1 more",
    "service_how": "A touch is a call, a meeting, a note, sales' answer, or a deal; e-mails written by reps are not"
    " read. The time agreed is that of the model, in business hours. A handoff taken back before its time was over is"
    " not judged.",
    # scores
    "score_now": "now",
    "score_before": "when the period began",
    "threshold": "MQL from {enter} points",
    "drift_engagement": "Points: {word}",
    "drift_fit": "Fit of newcomers: {word}",
    "word_stable": "stable",
    "word_shifting": "shifting",
    "word_changed": "changed",
    "word_few": "too few people to compare",
    "psi": "PSI {psi}; by chance alone up to {noise}",
    "over_line": "{now} people have the points of an MQL, after {before} when the period began.",
    "over_line_one": "1 person has the points of an MQL, after {before} when the period began.",
    "idle_line": "{count} have no point, after {before}; they are left out below.",
    "band": "Points",
    "people": "People",
    "scores_how": "Everybody's points today, beside those they had when the period began, by today's model. PSI"
    " compares the two over ten bands: under 0.1 is stable, from 0.25 on changed — and only above what chance alone"
    " reaches with so few people. Counters of which only today's number is known are left out of both.",
    # the model
    "stamp_now": "In force: {stamp}",
    "revisions": "The file, by its history in Git",
    "stamps": "Who was decided by which model",
    "model_changes": "Changed",
    "when": "When",
    "what": "What",
    "change": "{path}: {before} → {after}",
    "first_version": "first version",
    "uncommitted": "not committed yet",
    "stamp": "Model",
    "stamp_people": "People",
    "first_decided": "First decided",
    "last_decided": "Last decided",
    "no_git": "The model file is in no Git work tree: what changed in it and when is not known. Keep it in Git, and"
    " this page will say.",
    "no_stamps": "Nobody carries the stamp of a model yet.",
    "model_how": "Git says what was written when; the stamp in the CRM says which file decided somebody last. When a"
    " model came into force is known only as “not later than” its first decision.",
    # data
    "attribute": "Attribute",
    "known": "Known",
    "weight": "Share of the fit",
    "blocks": "MQL points, fit unknown",
    "history": "History",
    "yes": "yes",
    "no": "no",
    "refused": "Not available in this account",
    "source": "Source",
    "why": "Why",
    "blind": "Rules without evidence",
    "none": "none",
    "refused_none": "The account gives everything the mapping asks for.",
    "unmapped": "The mapping reads nothing for these rules: {rules}.",
    "machine_line": "Of {events} events of these weeks {machine} were filtered as machine traffic ({bursts} of them"
    " bursts of link scanners).",
    "set_aside_line": "{count} events could not be read and were set aside: {why}.",
    "set_aside_line_one": "1 event could not be read and was set aside: {why}.",
    "failed_line": "{count} people could not be read; the next `puente snapshot` asks for them again.",
    "failed_line_one": "1 person could not be read; the next `puente snapshot` asks for them again.",
    "blocked_line": "{count} people have the points of an MQL and too little known to tell their fit.",
    "blocked_line_one": "1 person has the points of an MQL and too little known to tell their fit.",
    "made": "Made {at} UTC from the snapshot of {taken} UTC · {crm}, account {account} · nothing on this page is"
    " loaded from anywhere",
    "hashed": "Ids are hashed: nobody can be looked up from here.",
}
