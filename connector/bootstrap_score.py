"""Put together who moves a CRM's own score: the part of the composition root behind `puente import`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn

from connector.bootstrap import Root, Rules, Survey
from connector.bootstrap_hubspot import hubspot_connection, kept_refresh_token
from connector.domain.mapping import AttributeSource
from connector.domain.model import Locale
from connector.domain.model_reach import used_attributes
from connector.errors import AccessError, CrmError, GoneError, UsageError
from connector.ports import Crm, PersonRef
from connector.settings import Settings
from connector.study.crm_score.definition import Output, Score, ScoreChange, ScoreHead
from connector.study.crm_score.parity import Comparer, Pair, Parity
from connector.study.crm_score.translate import Translation, extend_mapping, translate

if TYPE_CHECKING:
    from adapters.hubspot.score_shelf import ScoreShelf


@dataclass(frozen=True, slots=True)
class Scores:
    """Hold the scores of the configured HubSpot account."""

    settings: Settings
    shelf: ScoreShelf

    def choose(self, wanted: Sequence[str]) -> list[Score]:
        """Read the scores named by id or name, or the live ones of contacts when none is named.

        Raises UsageError when there is none, or when two of them say the same axis.
        """
        with self._refusals():
            heads = self.shelf.heads()
            chosen = self._named(heads, wanted) if wanted else self._live(heads)
            scores = [self.shelf.read(head.id) for head in chosen]
        self._refuse_empty(scores)
        self._refuse_twice(scores)
        return scores

    def translate(self, scores: Sequence[Score], rules: Rules, *, may_add: bool) -> Translation:
        """Translate scores, with the account's own properties at hand."""
        with self._refusals():
            fields = self.shelf.fields()
        taken = {one.id for one in rules.model.fit.exclusions}
        return translate(scores, rules.mapping, fields, may_add=may_add, taken=taken)

    def changes(self, ref: PersonRef, score_property: str) -> Sequence[ScoreChange]:
        """Return what moved somebody's score last; nothing where HubSpot does not tell."""
        try:
            return self.shelf.changes(ref.object_id, score_property)
        except CrmError:
            return ()

    def _named(self, heads: Sequence[ScoreHead], wanted: Sequence[str]) -> list[ScoreHead]:
        chosen = []
        for name in wanted:
            alike = [head for head in heads if head.id == name] or [head for head in heads if head.name == name]
            found = next((head for head in alike if head.scores_people), None)
            if found is None:
                self._refuse("unknown", name=name, names=_listed([head for head in heads if head.scores_people]))
            chosen.append(found)
        return list(dict.fromkeys(chosen))

    def _live(self, heads: Sequence[ScoreHead]) -> list[ScoreHead]:
        of_people = [head for head in heads if head.scores_people]
        live = [head for head in of_people if head.is_live]
        if not live:
            self._refuse("drafts" if of_people else "none", names=_listed(of_people))
        return live

    def _refuse_empty(self, scores: Sequence[Score]) -> None:
        empty = [score for score in scores if not score.groups]
        if empty:
            self._refuse("no_rules", names=", ".join(score.name for score in empty))

    def _refuse_twice(self, scores: Sequence[Score]) -> None:
        for category in ("fit", "engagement"):
            alike = [score for score in scores if category in score.categories]
            if len(alike) > 1:
                names = ", ".join(f"{score.name} ({score.id})" for score in alike)
                self._refuse(f"twice_{category}", names=names)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Say what to do where the account does not let us read scores."""
        try:
            yield
        except AccessError as error:
            if error.status != 403:
                raise
            raise UsageError(self._say("tier" if error.code == "TIER" else "scope")) from None
        except GoneError:
            raise UsageError(self._say("no_api")) from None

    def _refuse(self, key: str, **values: str) -> NoReturn:
        raise UsageError(self._say(key, **values))

    def _say(self, key: str, **values: str) -> str:
        return _TEXTS[self.settings.locale][key].format(**values)


@contextmanager
def open_scores(settings: Settings) -> Iterator[Scores]:
    """Open the scores of the account; nothing is sent yet. Raises UsageError on a CRM whose scores are closed."""
    if settings.crm != "hubspot":
        raise UsageError(_TEXTS[settings.locale]["salesforce"])
    from adapters.hubspot.score_shelf import open_scores as open_shelf

    kept = kept_refresh_token(settings)
    connection = hubspot_connection(settings, kept.get() if kept else None)
    with open_shelf(connection, kept.put if kept else None) as shelf:
        yield Scores(settings, shelf)


@dataclass(frozen=True, slots=True)
class Compared:
    """Hold the comparison of every property of the CRM that holds a score."""

    parities: tuple[Parity, ...]
    people: int
    failed: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Read people with the CRM's own score beside what the translated model looks at."""

    crm: Crm
    comparer: Comparer
    outputs: Sequence[Output]
    threshold: float | None

    def total(self, limit: int | None) -> int | None:
        """Return how many people will be read, as far as the CRM tells."""
        total = self.crm.count()
        return total if limit is None or total is None else min(limit, total)

    def run(self, limit: int | None, on_person: Callable[[], None]) -> Compared:
        """Compare everybody, or the first `limit` people that the CRM lists."""
        pairs: dict[str, list[Pair]] = {output.property: [] for output in self.outputs}
        read = failed = 0
        for wave in self.crm.fetch_all(now=self.comparer.now):
            failed += len(wave.failed)
            for record in wave.records[: None if limit is None else limit - read]:
                read += 1
                for output in self.outputs:
                    theirs = record.person.attributes.get(_attribute(output))
                    pair = self.comparer.compare(
                        record, theirs if isinstance(theirs, float) else None, output.categories
                    )
                    pairs[output.property].append(pair)
                on_person()
            if limit is not None and read >= limit:
                break
        return Compared(tuple(self._parity(output, pairs[output.property]) for output in self.outputs), read, failed)

    def _parity(self, output: Output, pairs: Sequence[Pair]) -> Parity:
        threshold = self.threshold
        if threshold is None:
            threshold = self.comparer.translation.hands_from(output)
        return Parity(output.property, tuple(pairs), threshold)


@contextmanager
def open_comparison(
    root: Root, settings: Settings, translation: Translation, rules: Rules, threshold: float | None
) -> Iterator[Comparison]:
    """Open the people of the account for comparing; `threshold` wins over where the CRM's highest label begins."""
    outputs = translation.outputs
    added = [AttributeSource(_attribute(one), "number", "person", (one.property,)) for one in outputs]
    extended = Rules(rules.model, extend_mapping(rules.mapping, added))
    attributes = used_attributes(rules.model) | {source.name for source in added}
    asked = Survey(attributes, 0.0, rules.model.used_kinds)
    with root.open_crm(settings, extended, survey=asked) as crm:
        yield Comparison(crm, Comparer(translation, rules.model, root.clock()), outputs, threshold)


def _attribute(output: Output) -> str:
    """Name the attribute that holds the CRM's score; no mapping file can have one of this name."""
    return f"score of the crm: {output.property}"


def _listed(heads: Sequence[ScoreHead]) -> str:
    return ", ".join(f"{head.name} ({head.id})" for head in heads) or "–"


_TEXTS: Final[Mapping[Locale, Mapping[str, str]]] = {
    "es": {
        "salesforce": "--crm: Salesforce no revela las reglas de su puntuación (Einstein las aprende y solo muestra"
        " factores) — use `puente snapshot` y `puente calibrate`, que proponen puntos a partir de lo ganado y lo"
        " perdido",
        "scope": "HubSpot no deja leer las puntuaciones: a la aplicación le falta el permiso mh-lead-scoring-view —"
        " añádalo en la configuración de la aplicación, instálela de nuevo y repita",
        "tier": "HubSpot no ofrece puntuaciones en la suscripción de esta cuenta: son de Marketing Hub o Sales Hub"
        " Professional en adelante — no hay nada que trasladar; empiece por `puente init`",
        "no_api": "HubSpot no ofrece a esta cuenta la API de puntuaciones (está en beta) — copie las reglas a mano:"
        " docs/how-to/move-from-hubspot-score.md dice cómo",
        "none": "HubSpot: la cuenta no tiene ninguna puntuación de contactos — no hay nada que trasladar; empiece por"
        " `puente init`. La antigua propiedad hubspotscore no guarda reglas que se puedan leer",
        "drafts": "HubSpot: ninguna puntuación de contactos está publicada — publíquela o nómbrela con --score:"
        " {names}",
        "unknown": "--score {name}: HubSpot no tiene esa puntuación de contactos — elija entre: {names}",
        "no_rules": "{names}: HubSpot no dice ninguna regla de esta puntuación (las que aprende su IA no se pueden"
        " leer) — elija otra con --score, o aprenda puntos de lo ganado y lo perdido con `puente calibrate`",
        "twice_fit": "HubSpot: varias puntuaciones publicadas miden el encaje y un modelo tiene uno solo — elija con"
        " --score: {names}",
        "twice_engagement": "HubSpot: varias puntuaciones publicadas miden la interacción y un modelo tiene una sola —"
        " elija con --score: {names}",
    },
    "en": {
        "salesforce": "--crm: Salesforce does not reveal the rules of its score (Einstein learns them and shows factors"
        " only) — use `puente snapshot` and `puente calibrate`, which propose points from what was won and lost",
        "scope": "HubSpot does not let us read scores: the app lacks the scope mh-lead-scoring-view — add it in the"
        " app's settings, install the app again, and repeat",
        "tier": "HubSpot offers no scores in this account's subscription: they come with Marketing Hub or Sales Hub"
        " Professional — there is nothing to move; begin with `puente init`",
        "no_api": "HubSpot does not offer this account the API of scores (it is a beta) — copy the rules by hand:"
        " docs/how-to/move-from-hubspot-score.md says how",
        "none": "HubSpot: the account has no score of contacts — there is nothing to move; begin with `puente init`."
        " The old property hubspotscore keeps no rules that could be read",
        "drafts": "HubSpot: no score of contacts is published — publish one, or name it with --score: {names}",
        "unknown": "--score {name}: HubSpot has no such score of contacts — choose one of: {names}",
        "no_rules": "{names}: HubSpot tells no rule of this score (those its AI learns cannot be read) — choose"
        " another with --score, or learn points from what was won and lost with `puente calibrate`",
        "twice_fit": "HubSpot: several published scores measure fit, and a model has one — choose with --score:"
        " {names}",
        "twice_engagement": "HubSpot: several published scores measure engagement, and a model has one — choose with"
        " --score: {names}",
    },
}
