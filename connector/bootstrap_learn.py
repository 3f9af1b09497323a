"""Put together who learns from won and lost: the part of the composition root behind calibrating and backtesting."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector.bootstrap_plan import Planning, open_planning
from connector.domain.model import Locale, Model
from connector.domain.model_file import parse_model
from connector.errors import UsageError
from connector.files import TextFile, load_model, read_model_text
from connector.live.clock import Clock
from connector.settings import Settings
from connector.study.backtest import Asked, Backtest, Backtester, Candidate
from connector.study.calibrate import Calibration, Calibrator, Wanted


@dataclass(frozen=True, slots=True)
class Learning:
    """Hold a snapshot with the model in force and everything that is made from both."""

    settings: Settings
    planning: Planning
    source: TextFile

    @property
    def model(self) -> Model:
        return self.planning.present.model

    def calibrate(self, wanted: Wanted) -> Calibration:
        """Return a proposal for the model in force, or why there is none."""
        self._refuse_unknown(wanted.known_before)
        snapshot, types = self.planning.snapshot, self.planning.present.mapping.attribute_types

        def parse(text: str) -> Model:
            return parse_model(text, file=self.source.name, types=types)

        return Calibrator(
            parts=tuple(snapshot.parts()),
            attribute_types=snapshot.manifest.kept.attribute_types,
            dated=frozenset(snapshot.manifest.reconstructable),
            text=self.source.text,
            parse=parse,
            now=snapshot.manifest.taken_at,
            wanted=wanted,
            stages=self.planning.present.mapping.stages_by_value,
        ).calibrate()

    def backtest(self, others: Mapping[str, Path], asked: Asked) -> Backtest:
        """Test the model in force and others, by the name they are shown by."""
        self._refuse_unknown({*asked.known_before, *asked.segments})
        snapshot, mapping = self.planning.snapshot, self.planning.present.mapping
        candidates = [Candidate(self.source.name, self.model)]
        candidates += [Candidate(name, load_model(path, mapping)) for name, path in others.items()]
        return Backtester(
            parts=tuple(snapshot.parts()),
            attribute_types=snapshot.manifest.kept.attribute_types,
            dated=frozenset(snapshot.manifest.reconstructable),
            now=snapshot.manifest.taken_at,
            asked=asked,
            stages=mapping.stages_by_value,
        ).test(candidates)

    def _refuse_unknown(self, names: Collection[str]) -> None:
        unknown = sorted(set(names) - set(self.planning.snapshot.manifest.kept.attribute_types))
        if unknown:
            raise UsageError(_NOT_KEPT[self.settings.locale].format(names=", ".join(unknown)))


def open_learning(settings: Settings, clock: Clock) -> Learning:
    """Open everything that is learnt from. Raises UsageError when the snapshot is missing or was read otherwise."""
    return Learning(settings, open_planning(settings, clock), read_model_text(settings.model))


_NOT_KEPT: Final[Mapping[Locale, str]] = {
    "es": "{names}: la copia de la base no tiene ese atributo — tome los nombres del mapeo",
    "en": "{names}: the snapshot has no such attribute — take its names from the mapping",
}
