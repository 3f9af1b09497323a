"""Hold what the report says in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REPORT_EN: Final[Mapping[str, str]] = {
    # the head
    "title": "Lead report · last {weeks} weeks",
    "title_one": "Lead report · last week",
    "span": "{since} to {until} · {people} people in the database",
    "span_one": "{since} to {until} · {people} people in the database",
    "terms": "MQL: a lead handed to sales for review, by fit and points. SQL: a lead that sales accepted, or that"
    " asked to be contacted.",
    "sheet": "{crm}, account {account} · {day}",
    "monday": "What to change on Monday",
    "quality_first": "In the last {weeks} weeks sales accepted {share} of the leads it gave a verdict on{change}.",
    "quality_first_one": "In the last week sales accepted {share} of the leads it gave a verdict on{change}.",
    "quality_unanswered": "Sales has not answered any lead in these weeks: ask for accepted or rejected, with the"
    " reason.",
    "was": ", against {share} in the {weeks} before",
    "was_one": ", against {share} in the one before",
    "was_up": ", up from {share} in the {weeks} before",
    "was_up_one": ", up from {share} in the one before",
    "was_down": ", down from {share} in the {weeks} before",
    "was_down_one": ", down from {share} in the one before",
    "trend_fell": "The fall is significant.",
    "trend_rose": "The rise is significant.",
    "trend_even": "The difference is not significant.",
    "cause_within_channel": "Most of the fall is in the channel “{group}”: {share}, against {before} before;"
    " elsewhere {others}, against {others_before}.",
    "cause_within_owner": "Most of the fall is with owner {group}: {share}, against {before} before; with the others"
    " {others}, against {others_before}.",
    "cause_mix_channel": "The channels explain it: more leads come from those sales accepts less of; within each"
    " channel the difference is not significant.",
    "cause_mix_owner": "The owners explain it: more answers come from those who accept less; within each the"
    " difference is not significant.",
    "cause_unknown": "Neither channel nor owner explains it: these data cannot tell why.",
    "new_model_even": "Model {version}, since {since}, coincides with it, which proves nothing: sales accepted"
    " {later} of the leads handed over since, and {earlier} of earlier ones, with no significant difference.",
    "new_model_differs": "Model {version}, since {since}, coincides with it: sales accepted {later} of the leads"
    " handed over since, and {earlier} of earlier ones, a significant difference.",
    "nothing": "Nothing stands out beyond chance: no rule, channel or step differs significantly.",
    "too_early": "Too early to say which rules and channels win: of the last year only {count} handoffs are old"
    " enough ({days} days) to be judged.",
    "no_wins": "No deal was won among the handoffs of the last year, so rules and channels are judged by what sales"
    " accepted.",
    "nobody": "There is nobody in the snapshot.",
    "stale": "The snapshot is {days} days old: take a new one with `puente snapshot` before the meeting.",
    "act_run": "Run:",
    "act_see": "See section {number}",
    # findings
    "finding_orphans": "Assign {count} leads handed to sales that nobody has: their task is gone or has no owner.",
    "finding_orphans_one": "Assign 1 lead handed to sales that nobody has: its task is gone or has no owner.",
    "finding_late": "Contact {count} leads today that wait beyond the agreed response time (SLA), {most} of them with"
    " {owner}. In these weeks {kept} of the handoffs were contacted in time.",
    "finding_late_one": "Contact 1 lead today that waits beyond the agreed response time (SLA), with {owner}. In"
    " these weeks {kept} of the handoffs were contacted in time.",
    "finding_late_all": "Contact {count} leads today that wait beyond the agreed response time (SLA), all with"
    " {owner}. In these weeks {kept} of the handoffs were contacted in time.",
    "finding_late_all_one": "Contact 1 lead today that waits beyond the agreed response time (SLA), with {owner}. In"
    " these weeks {kept} of the handoffs were contacted in time.",
    "finding_slow": "Agree on a response time that can be kept, or on fewer handoffs: only {kept} of them were"
    " contacted in time.",
    "finding_harmful_signal_won": "Lower the points of “{rule}” (now {points}; the command works out how many). Over"
    " the last year {share} of the handoffs that matched it were won, against {others} of those that did not. In"
    " these weeks it matched {people} people.",
    "finding_harmful_signal_accepted": "Lower the points of “{rule}” (now {points}; the command works out how many)."
    " Sales accepted {share} of the leads that matched it, against {others} of those that did not. In these weeks it"
    " matched {people} people.",
    "finding_harmful_penalty_won": "Soften or remove “{rule}”, which takes points away (now {points}). Over the last"
    " year {share} of the handoffs that matched it were won, against {others} of those that did not.",
    "finding_harmful_penalty_accepted": "Soften or remove “{rule}”, which takes points away (now {points}). Sales"
    " accepted {share} of the leads that matched it, against {others} of those that did not.",
    "finding_harmful_criterion_won": "Lower the weight of “{rule}” (now {points}), or correct the criterion: {share}"
    " of the handoffs that meet it were won, against {others} of those that do not.",
    "finding_harmful_criterion_accepted": "Lower the weight of “{rule}” (now {points}), or correct the criterion:"
    " sales accepts {share} of the leads that meet it, against {others} of those that do not.",
    "finding_harmful_hand_raise_won": "Check which forms count as “{rule}”: {share} of the handoffs with it were won,"
    " against {others} of the others.",
    "finding_harmful_hand_raise_accepted": "Check which forms count as “{rule}”: sales accepted {share} of the leads"
    " with it, against {others} of the others.",
    "also_within": "The difference is significant within one and the same channel, too.",
    "finding_dead": "Correct or remove {count} rules that never matched, such as “{rule}”.",
    "finding_dead_one": "Correct or remove the rule “{rule}”: it never matched.",
    "finding_channel_worse": "Spend less on the channel “{channel}”, or raise the bar for its leads: {share} of its"
    " handoffs were won, against {others} elsewhere. Over the last year it brought {handed} of the handoffs and"
    " {wins} of the customers.",
    "finding_channel_better": "Put more into the channel “{channel}”: {share} of its handoffs were won, against"
    " {others} elsewhere. Over the last year it brought {handed} of the handoffs and {wins} of the customers.",
    "finding_rejected_fit": "Go through the fit criteria with sales: of the leads it gave a verdict on it rejected"
    " {share} for not fitting, against {before} before.",
    "finding_rejected_timing": "Review the MQL threshold of {enter} points: of the leads it gave a verdict on sales"
    " rejected {share} as too early, against {before} before.",
    "finding_rejected_no_response": "Shorten the time to first contact: of the leads it gave a verdict on sales"
    " rejected {share} because they did not reply, against {before} before.",
    "finding_rejected": "Agree with marketing on what to do: of the leads it gave a verdict on sales rejected {share}"
    " for “{reason}”, against {before} before.",
    "finding_acceptance_fell": "Go through the {count} rejections of these weeks with sales, one by one. The most"
    " frequent reason is “{reason}”: {share} of the rejections, against {before} before.",
    "finding_acceptance_fell_one": "Go through the one rejection of these weeks with sales: “{reason}”.",
    "finding_passage_fell": "Find out why fewer go from {origin} to {target}: {share}, against {before} in the weeks"
    " before.",
    "finding_won_unseen": "Hand over earlier: {share} of last year's customers had a deal before anybody handed them"
    " over.",
    "finding_blocked": "Fill in “{attribute}”: {most} of the {count} people who have the points of an MQL, but of"
    " whom it is not known whether they fit, lack it.",
    "finding_blocked_all": "Fill in “{attribute}”: all {count} people who have the points of an MQL, but of whom it"
    " is not known whether they fit, lack it.",
    "finding_blocked_all_one": "Fill in “{attribute}”: 1 person who has the points of an MQL, but of whom it is not"
    " known whether they fit, lacks it.",
    "finding_blind": "Check the access: this account does not give “{source}”, so {count} rules of the model cannot"
    " match.",
    "finding_blind_one": "Check the access: this account does not give “{source}”, so 1 rule of the model cannot"
    " match.",
    "finding_drift": "Review the threshold of {enter} points: {now} people are above it, against {before} when the"
    " period began.",
    "finding_not_applied": "Apply the model in force, {name}: {count} people were last scored by another one.",
    "finding_not_applied_one": "Apply the model in force, {name}: 1 person was last scored by another one.",
    # tiles
    "tile_accepted": "Accepted by sales",
    "tile_won": "Handoffs won",
    "tile_kept": "Contacted in time",
    "tile_touch": "First contact (median)",
    "tile_before": "before: {value}",
    "tile_of": "{hits} of {count}",
    "tile_horizon": "of those older than {days} days",
    "tile_judged": "of the handoffs due or already contacted",
    "tile_answered": "of the leads sales gave a verdict on",
    "tile_answers": "“Accepted by sales” counts the verdicts of these weeks, also on leads handed over before; it is"
    " not the MQL → SQL step of section 1.",
    "tile_unread": "e-mails written by reps are not read",
    "tile_business": "in business hours",
    "tile_contacted": "only of the {contacted} contacted; {untouched} untouched",
    "agreed": "SLA: MQL {mql} h, SQL {sql} h of business time",
    "tile_p90": "one in ten: over {value}",
    "hours": "{value} h",
    "days": "{value} d",
    "unknown": "–",
    "quoted": "“{text}”",
    "few": "{hits} of {count}",
    "some": "{pct} ({hits} of {count})",
    "interval_text": "95%: {range}",
    "part": "{share}",
    # headings
    "funnel": "From lead to customer",
    "channels": "Channels",
    "rules": "What the rules are worth",
    "service": "Time to first contact",
    "scores": "Spread of points",
    "model": "What changed in the model",
    "quality": "How far the data can be trusted",
    "numbers": "The numbers",
    "how": "How it is counted",
    "on_screen": "On screen, the numbers of each plot and how they are counted unfold below it.",
    "alt_funnel": "Bars: people who reached each step in these weeks and in the weeks before",
    "alt_channels": "Dots with intervals: share won by channel",
    "alt_rules": "Dots with intervals: share with the rule, and the share without it",
    "alt_reasons": "Bars: why sales rejected",
    "alt_scores": "Columns: people by points, when the period began and now",
    "alt_late": "Bars: untouched beyond the agreed response time, by owner",
    "alt_completeness": "Bars: share of the people of whom each attribute is known",
    # the funnel
    "this_period": "last {weeks} weeks",
    "this_period_one": "last week",
    "period_before": "the {weeks} weeks before",
    "period_before_one": "the week before",
    "step": "Step",
    "step_came": "New",
    "step_mql": "MQL or later",
    "step_sql": "SQL or later",
    "step_opportunity": "Deals",
    "step_customer": "Won",
    "bar_before": "before: {value}",
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
    "interval": "95% interval",
    "passage_text": "{share} went on · median {days}",
    "passage_text_untimed": "{share} went on",
    "passage_running": "{hits} of {count} so far: it usually takes longer than this period",
    "running": "still running",
    "funnel_reads": "Each bar counts who reached that step in the period: the later ones hold people who had come in"
    " before. “Went on” follows only those who reached the step in the period.",
    "funnel_how": "To reach a later step is to reach the earlier ones: who asks for a demo is an SQL without having"
    " been an MQL. “Went on” counts who reached the next step by the end of the period; the weeks before are shown as"
    " they stood at their own end, so that both had the same time. Times are of those who took the step in these"
    " weeks and had been in the one before; of fewer than five there are none. A step is still running when over the"
    " last year it usually took more than half the period.",
    "funnel_undated": "{count} people are with sales since nobody knows when; they are left out here.",
    "funnel_undated_one": "1 person is with sales since nobody knows when, and is left out here.",
    "no_history": "This snapshot holds no history of stages, only the present one and its day: of those who went on"
    " the day of earlier steps is missing. Take it with history: `puente snapshot --history --full`.",
    "no_deals": "The account does not let Puente read deals: won counts who became a customer in the CRM.",
    # channels
    "shows_won": "The share of last year's handoffs won, by channel.",
    "shows_rule_won": "The share of last year's handoffs won, with the rule and without it.",
    "shows_rule_accepted": "The share of leads accepted by sales, with the rule and without it.",
    "channel": "Channel",
    "channel_none": "not known",
    "channel_other": "the others",
    "leads": "New in a year",
    "mql": "→ MQL",
    "sql": "MQL → SQL",
    "won": "Won",
    "handed": "Handoffs of these weeks",
    "verdict": "Conclusion",
    "standing_better": "better",
    "standing_worse": "worse",
    "standing_untold": "no significant difference",
    "standing_few": "too few to compare",
    "standing_by_channel": "no significant difference within one channel",
    "standing_everybody": "everybody handed over meets it: nothing to compare",
    "channels_how": "New people of the last 52 weeks by the attribute `{attribute}`, as it is today. “Won” is of the"
    " handoffs older than {days} days: within that time 4 out of 5 customers were won. The line is the average of"
    " all. Better or worse is said only when the difference to the other channels is significant after correcting for"
    " how many are compared.",
    "channels_none": "No attribute tells the channel: name one with --channel.",
    "mark_all": "average: {value}",
    # rules
    "rule": "Rule",
    "kind_signal": "Signals",
    "kind_criterion": "Fit criteria",
    "kind_hand_raise": "Direct requests",
    "points": "Points",
    "points_signal": " · {points} pts",
    "points_criterion": " · weight {points}",
    "fired": "Matched",
    "accepted": "Accepted",
    "rejected": "Rejected",
    "with_rule": "Won with it",
    "without_rule": "Won without",
    "with_accepted": "Accepted with it",
    "without_accepted": "Accepted without",
    "standing_harmful": "against its points",
    "standing_helpful": "worth its points",
    "standing_dead": "never matched",
    "today": "as of today",
    "legend_interval": "share with its 95% interval",
    "legend_better": "significantly better than the others",
    "legend_worse": "significantly worse",
    "legend_helpful": "significantly worth its points",
    "legend_harmful": "significantly against its points",
    "legend_with": "with the rule (95% interval)",
    "legend_without": "without it",
    "too_few": "Too few handoffs to draw: each share stands in the numbers.",
    "never_fired": "Never matched: {rules}.",
    "never_fired_one": "Never matched: {rules}.",
    "reasons": "Why sales rejected",
    "no_reasons": "Sales rejected nobody in these weeks.",
    "no_reason": "no reason given",
    "no_response": "no response from the lead",
    "rules_how": "Of everybody handed over, a rule counts when it had matched before the handoff; what happened later"
    " is left out. Won counts handoffs of the last 52 weeks older than {days} days. “Matched” are the people of these"
    " weeks; of a criterion, those who meet it now. “As of today” marks rules that look at an attribute whose history"
    " the CRM does not keep. A rule that goes against its points is compared within each channel, too"
    " (Mantel-Haenszel). The line is the average of all.",
    "counters": "Only today's count is known of {kinds}: left out before handoffs, unless it hardly moves after them.",
    "rules_none": "No handoff could be judged yet.",
    # service
    "service_line": "{handed} handed over: {clauses}.",
    "clause_judged": "{count} due or already contacted ({kept} in time)",
    "clause_pending": "{count} still within the time agreed",
    "clause_withdrawn": "{count} taken back before it was over",
    "clause_undated": "{count} contacted on an unknown day",
    "service_answered": "Sales gave a verdict on {count} leads in these weeks, some of them handed over before.",
    "service_answered_one": "Sales gave a verdict on 1 lead in these weeks.",
    "service_unread": "E-mails written by reps are not read: a lead that was only written to counts as untouched.",
    "service_hours": "First contact: a median of {median} of business time; one in ten takes over {p90}. Only of the"
    " {count} contacted; {untouched} are untouched.",
    "service_none": "Nobody was handed to sales in these weeks.",
    "late": "Untouched beyond the agreed response time (SLA), today",
    "late_none": "Nobody waits beyond the agreed response time.",
    "late_all": "All with {owner}.",
    "orphans": "Unassigned, today",
    "orphans_none": "Every handoff has a task and an owner.",
    "tasks_unknown": "The mapping keeps no key of handoffs, so tasks are not known: `handoff.key` under `write_back`.",
    "owner": "Owner",
    "of_owner": "owner {owner}",
    "of_nobody": "no owner",
    "no_owner": "no owner",
    "person": "Person",
    "stage": "Stage",
    "lacks": "Missing",
    "lacks_task": "task",
    "lacks_owner": "task owner",
    "of_record": "{owner} (contact owner)",
    "waiting": "Waiting",
    "more": "and {count} more",
    "more_one": "and 1 more",
    "service_how": "A contact is a call, a meeting, a note, sales' verdict, or a deal. The response time is that of"
    " the model, in business hours. A handoff taken back before its time was over is not judged. Who is unassigned is"
    " not listed as late as well.",
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
    "over_line": "{now} people have the points of an MQL, against {before} when the period began.",
    "over_line_one": "1 person has the points of an MQL, against {before} when the period began.",
    "idle_line": "{count} have no points, against {before} then; they are left out below.",
    "band": "Points",
    "people": "People",
    "scores_how": "Everybody's points today, beside those they had when the period began, by today's model. PSI"
    " compares the two over ten bands: under 0.1 is stable, from 0.25 on changed — and only above what chance alone"
    " reaches with so few people. Counters of which only today's number is known are left out of both.",
    # the model
    "stamp_now": "In force: {stamp}.",
    "revisions": "The file, by its history in Git",
    "stamps": "Which model scored whom",
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
    "no_git": "The model file is in no Git repository: what changed in it and when is not known. Keep it in Git, and"
    " this page will say.",
    "no_stamps": "Nobody carries the stamp of a model yet.",
    "model_how": "Git says what was written when; the stamp in the CRM says which file scored somebody last. When a"
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
    "refused_none": "No data the mapping asks for is missing.",
    "unmapped": "The mapping reads nothing for these rules: {rules}.",
    "machine_line": "Of {events} events of these weeks {machine} were filtered as machine traffic.",
    "machine_bursts": "Of {events} events of these weeks {machine} were filtered as machine traffic; {bursts} of them"
    " are bursts of link scanners.",
    "set_aside_line": "{count} events could not be read and were set aside: {why}.",
    "set_aside_line_one": "1 event could not be read and was set aside: {why}.",
    "failed_line": "{count} people could not be read; the next `puente snapshot` asks for them again.",
    "failed_line_one": "1 person could not be read; the next `puente snapshot` asks for them again.",
    "blocked_line": "{count} people have the points of an MQL and too little known to tell their fit.",
    "blocked_line_one": "1 person has the points of an MQL and too little known to tell their fit.",
    "blocked_people": "Who they are",
    "made": "Made {at} from the snapshot of {taken} ({zone} time) · {crm}, account {account} · model {stamp} · this"
    " page loads nothing from anywhere",
    "hashed": "Ids are hashed: nobody can be looked up from here.",
}
