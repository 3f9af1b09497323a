"""Put together who plans a base and who applies a plan: the part of the composition root behind both commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from connector.bootstrap import Rules, load_rules
from connector.bootstrap_state import build_ledger
from connector.bootstrap_study import open_study, short_hash
from connector.domain.model import Locale
from connector.domain.model_reach import horizon_days, used_attributes
from connector.errors import UsageError
from connector.forecast import Forecast, Load
from connector.live.clock import Clock
from connector.live.ledger import Ledger
from connector.settings import Settings
from connector.study.needs import missing_attributes
from connector.study.plan import Header, ModelName
from connector.study.plan_build import PlanBuilder
from connector.study.plan_build import Rules as PlanRules
from connector.study.plan_file import PlanFile
from connector.study.plan_watch import build_watch, watched_since
from connector.study.snapshot_open import Snapshot


@dataclass(frozen=True, slots=True)
class Planning:
    """Hold what plans are made from: settings with the model in force, its rules, the snapshot and the ledger."""

    settings: Settings
    present: Rules
    snapshot: Snapshot
    ledger: Ledger
    now: datetime

    def plan_for(self, model_file: Path | None, per_rep_per_day: int | None) -> tuple[Header, PlanBuilder]:
        """Return the header and the builder of the plan for a model; None plans the one in force."""
        chosen = self.settings if model_file is None else self.settings.model_copy(update={"model": model_file})
        after = load_rules(chosen).model
        manifest, kept = self.snapshot.manifest, self.snapshot.manifest.kept
        if missing := missing_attributes(after, kept.attribute_types):
            raise UsageError(_NOT_KEPT[self.settings.locale].format(names=", ".join(missing)))
        since = watched_since(horizon_days(after), self.now, timedelta(hours=self.settings.plan_max_age_hours))
        header = Header(
            crm=manifest.origin.crm,
            account=manifest.origin.account,
            created_at=self.now,
            taken_at=manifest.taken_at,
            people=self.snapshot.size,
            before=ModelName.of(self.present.model, self.settings.model),
            after=ModelName.of(after, chosen.model),
            mapping_hash=self.present.mapping.hash,
            locale=self.settings.locale,
            watch=build_watch(after, kept.attribute_types, since),
            time_zone=after.handoff.calendar.timezone,
            capacity_per_day=after.handoff.routing.capacity_per_day,
            per_rep_per_day=per_rep_per_day,
            hashed=kept.hashed,
        )
        rules = PlanRules(self.present.model, after, self.present.mapping, self.settings.locale)
        refused = frozenset(manifest.unavailable)
        return header, PlanBuilder(rules, self.ledger, self.now, header.watch, per_rep_per_day, refused)

    def forecaster(self, builder: PlanBuilder) -> Callable[[Load], Forecast]:
        """Return who knows what a run over the plan's people costs on this CRM."""
        if self.settings.crm == "salesforce":
            from adapters.salesforce.forecast import forecast_calls as of_salesforce

            return of_salesforce
        from adapters.hubspot.forecast import forecast_calls
        from adapters.hubspot.needs import Needs

        after, rate = builder.rules.after, self.settings.hubspot.rate_per_10s
        needs = Needs(self.present.mapping, after.used_kinds, used_attributes(after))
        return lambda load: forecast_calls(load, needs, rate)


def open_planning(settings: Settings, clock: Clock) -> Planning:
    """Open everything a plan is made from. Raises UsageError when the snapshot is of another account or mapping."""
    present = load_rules(settings)
    snapshot = open_study(settings, clock)
    _require_same_reading(settings, present, snapshot)
    ledger = build_ledger(settings, snapshot.manifest.origin.account, dry_run=True)
    return Planning(settings, present, snapshot, ledger, clock())


def _require_same_reading(settings: Settings, rules: Rules, snapshot: Snapshot) -> None:
    """Refuse a mapping that reads the CRM in another way than the snapshot was read."""
    manifest, words = snapshot.manifest, _OTHER_READING[settings.locale]
    kept, mapped = manifest.kept, rules.mapping.attributes
    reads_alike = kept.events == short_hash(rules.mapping.events) and all(
        name in mapped and short_hash(mapped[name]) == source for name, source in kept.sources.items()
    )
    if manifest.origin.crm != settings.crm or not reads_alike:
        raise UsageError(words.format(folder=settings.snapshot))


def load_planned_rules(settings: Settings, plan: PlanFile, model_file: Path | None) -> tuple[Settings, Rules]:
    """Return the rules a plan was made with: from `model_file`, else the model in force, else the file it names.

    The settings that come along are those of the plan, too: what it writes is in the language it was made in.

    Raises UsageError when none of them, or not the mapping, is what was planned.
    """
    header, locale = plan.header, settings.locale
    files = (model_file,) if model_file else (settings.model, Path(header.after.file) if header.after.file else None)
    for file in dict.fromkeys(files):
        chosen = settings.model_copy(update={"model": file, "locale": header.locale})
        if file is not None and file is not settings.model and not file.is_file():
            continue
        rules = load_rules(chosen)
        if rules.mapping.hash != header.mapping_hash:
            raise UsageError(_OTHER_MAPPING[locale].format(path=plan.path))
        if rules.model.hash == header.after.hash:
            return chosen, rules
    raise UsageError(_OTHER_MODEL[locale].format(path=plan.path, name=_spell(header.after)))


def require_applicable(settings: Settings, plan: PlanFile, now: datetime) -> None:
    """Raise UsageError when a plan is too old, of another CRM, or of people whose ids were hashed."""
    header, locale = plan.header, settings.locale
    if header.crm != settings.crm:
        raise UsageError(_OTHER_CRM[locale].format(path=plan.path, crm=header.crm))
    if header.hashed:
        raise UsageError(_HASHED[locale].format(path=plan.path))
    hours = (now - header.taken_at).total_seconds() / 3600
    if hours > settings.plan_max_age_hours:
        limit = f"{settings.plan_max_age_hours:g}"
        raise UsageError(_TOO_OLD[locale].format(path=plan.path, hours=round(hours), limit=limit))


def require_account(settings: Settings, plan: PlanFile, account: str) -> None:
    """Raise UsageError when a plan is of another account."""
    if plan.header.account != account:
        raise UsageError(_OTHER_ACCOUNT[settings.locale].format(path=plan.path, account=plan.header.account))


def _spell(model: ModelName) -> str:
    return f"{model.name} {model.version} {model.hash[:12]}"


_Texts = dict[Locale, str]
_NOT_KEPT: Final[_Texts] = {
    "es": "La copia de la base no guarda {names}, que este modelo mira — hágala de nuevo: `puente snapshot --full`",
    "en": "The snapshot does not keep {names}, which this model looks at — take it again: `puente snapshot --full`",
}
_OTHER_READING: Final[_Texts] = {
    "es": "{folder}: la copia se leyó de otro CRM o con otro mapeo — hágala de nuevo con `puente snapshot --full`",
    "en": "{folder}: the snapshot was read from another CRM or by another mapping — take it again with"
    " `puente snapshot --full`",
}
_OTHER_MAPPING: Final[_Texts] = {
    "es": "{path}: el mapeo ya no es el del plan — vuelva al de antes o haga otro plan con `puente plan`",
    "en": "{path}: the mapping is not the plan's any more — go back to it, or make another plan with `puente plan`",
}
_OTHER_MODEL: Final[_Texts] = {
    "es": "{path}: el modelo no es el del plan ({name}) — indíquelo con --model o haga otro plan con `puente plan`",
    "en": "{path}: the model is not the plan's ({name}) — name it with --model, or make another plan with"
    " `puente plan`",
}
_OTHER_CRM: Final[_Texts] = {
    "es": "{path}: es un plan para {crm} — ponga PUENTE_CRM={crm}",
    "en": "{path}: is a plan for {crm} — set PUENTE_CRM={crm}",
}
_OTHER_ACCOUNT: Final[_Texts] = {
    "es": "{path}: es un plan para la cuenta {account}, y las credenciales son de otra — use las de esa cuenta",
    "en": "{path}: is a plan for the account {account}, and the credentials are another's — use that account's",
}
_HASHED: Final[_Texts] = {
    "es": "{path}: se hizo de una copia con identificadores cifrados y no se puede aplicar — haga la copia con"
    " `puente snapshot --plain-ids` y otro plan",
    "en": "{path}: was made from a snapshot with hashed ids and cannot be applied — take one with"
    " `puente snapshot --plain-ids`, and make another plan",
}
_TOO_OLD: Final[_Texts] = {
    "es": "{path}: la copia del plan tiene {hours} h y el límite es de {limit} h (PUENTE_PLAN_MAX_AGE_HOURS) — póngala"
    " al día con `puente snapshot` y haga otro plan con `puente plan`",
    "en": "{path}: the plan's snapshot is {hours} h old and the limit is {limit} h (PUENTE_PLAN_MAX_AGE_HOURS) — bring"
    " it up to date with `puente snapshot`, and make another plan with `puente plan`",
}
