"""Put together what compares a shadow with the live model: from the state alone, without a call to the CRM."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from connector.bootstrap import Rules, load_rules
from connector.bootstrap_shadow import account_note, find_blind_spots, load_candidate
from connector.bootstrap_state import build_ledger
from connector.domain.model import Locale, Model
from connector.errors import UsageError
from connector.live.planned import Watch
from connector.live.shadowed import KEPT
from connector.settings import Settings
from connector.study.plan import Header, ModelName
from connector.study.shadow_compare import Comparison, Pair, compare_shadow
from connector.study.shadow_story import ShadowStory


def open_shadow(settings: Settings, model_file: Path | None, now: datetime) -> ShadowStory:
    """Compare what is stored of the candidate. Raises UsageError when there is none, or nothing is stored of it."""
    rules, file = load_rules(settings), model_file or settings.shadow_model
    candidate = load_candidate(settings, rules, model_file)
    if candidate is None or file is None:
        raise UsageError(_NO_CANDIDATE[settings.locale])
    account = account_note(settings).get()
    if account is None:
        raise UsageError(_NOTHING[settings.locale].format(file=file))
    with closing(build_ledger(settings, account, dry_run=True)) as ledger:
        stored = ledger.shadows.since(now - KEPT)
        found, set_aside = compare_shadow(stored, Pair(rules.model, candidate), settings.locale)
    if found is None:
        text = _OF_OTHERS if set_aside else _NOTHING
        raise UsageError(text[settings.locale].format(file=file, count=set_aside))
    return ShadowStory(
        header=_header(settings, rules, candidate, file, account, found, now),
        totals=found.totals,
        locale=settings.locale,
        now=now,
        live_tasks=found.live_tasks,
        taken_over=found.taken_over,
        decisions=found.decisions,
        since=found.since,
        until=found.until,
        set_aside=found.set_aside,
        unseen=find_blind_spots(rules, candidate),
        candidate_file=str(file),
    )


def _header(
    settings: Settings, rules: Rules, candidate: Model, file: Path, account: str, found: Comparison, now: datetime
) -> Header:
    return Header(
        crm=settings.crm,
        account=account,
        created_at=now,
        taken_at=found.until,
        people=found.people,
        before=ModelName.of(rules.model, settings.model),
        after=ModelName.of(candidate, file),
        mapping_hash=rules.mapping.hash,
        locale=settings.locale,
        watch=Watch((), (), None),
        time_zone=rules.model.handoff.calendar.timezone,
        capacity_per_day=candidate.handoff.routing.capacity_per_day,
    )


def purge_shadow(settings: Settings) -> int:
    """Remove everything that is stored of shadows; return of how many people."""
    account = account_note(settings).get()
    if account is None:
        return 0
    with closing(build_ledger(settings, account)) as ledger:
        return ledger.shadows.purge()


_Texts = dict[Locale, str]
_NO_CANDIDATE: Final[_Texts] = {
    "es": "PUENTE_SHADOW_MODEL: no nombra ningún modelo candidato — ponga ahí su archivo y deje que `puente serve`,"
    " `puente qualify` o las funciones decidan",
    "en": "PUENTE_SHADOW_MODEL: names no candidate model — put its file there, and let `puente serve`, `puente qualify`"
    " or the functions decide",
}
_NOTHING: Final[_Texts] = {
    "es": "{file}: aún no hay nada guardado de este candidato — con PUENTE_SHADOW_MODEL={file}, `puente serve`,"
    " `puente qualify --all` y las funciones lo comparan en cada decisión",
    "en": "{file}: nothing is stored of this candidate yet — with PUENTE_SHADOW_MODEL={file}, `puente serve`,"
    " `puente qualify --all` and the functions compare it at every decision",
}
_OF_OTHERS: Final[_Texts] = {
    "es": "{file}: lo guardado ({count} personas) es de otros modelos — ponga los de entonces, o empiece de nuevo con"
    " PUENTE_SHADOW_MODEL={file} y `puente qualify --all`; `puente plan --from-shadow --purge` borra lo guardado",
    "en": "{file}: what is stored ({count} people) is of other models — name those, or begin anew with"
    " PUENTE_SHADOW_MODEL={file} and `puente qualify --all`; `puente plan --from-shadow --purge` removes it",
}
