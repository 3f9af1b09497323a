"""Script what goes wrong: which requests, how often, and in which way.

A rule says what the network or the CRM does to a matching request. Nothing here knows a CRM: the imitated CRM reads
the chosen rule and acts on it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal


class FaultRuleError(ValueError):
    """A fault rule that cannot be understood."""


@dataclass(slots=True)
class FaultRule:
    """One scripted mishap.

    `match` is a regular expression searched in "METHOD /path". `times` None means for ever; `skip` lets so many
    matches pass first. With `after_commit` the request is served first, then its answer is lost or replaced; a status
    under 400 then keeps the body and changes only the status.
    """

    match: str
    status: int | None = None
    times: int | None = 1
    skip: int = 0
    probability: float = 1.0
    after_commit: bool = False
    retry_after: float | None = None
    policy: str | None = None
    body: Any = None
    html: bool = False
    delay_seconds: float = 0.0
    reset: bool = False
    fail_ids: tuple[str, ...] = ()
    refuse_fields: tuple[str, ...] = ()
    expire_token: bool = False
    merge: Mapping[str, str] | None = None
    delete: str | None = None
    edit: Mapping[str, Any] | None = None
    when: Literal["before", "after"] = "before"
    _pattern: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        try:
            self._pattern = re.compile(self.match)
        except re.error as problem:
            raise FaultRuleError(f"match: {self.match!r} is not a regular expression: {problem}") from problem

    @property
    def answers(self) -> bool:
        """Tell whether the rule takes the place of the true answer."""
        return not self.fail_ids and (self.status is not None or self.reset or self.html or self.body is not None)

    def concerns(self, request_line: str) -> bool:
        """Tell whether "METHOD /path" matches."""
        return self._pattern.search(request_line) is not None

    def describe(self) -> dict[str, Any]:
        """Say the rule as it was given, with what is left of `times` and `skip`."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.init}


_FIELDS = {f.name for f in fields(FaultRule) if f.init}
_TUPLES = ("fail_ids", "refuse_fields")


def parse_rule(raw: object) -> FaultRule:
    """Read one rule from its JSON form; raise FaultRuleError naming what is wrong."""
    if not isinstance(raw, Mapping):
        raise FaultRuleError(f"a rule is a map, not {raw!r}")
    unknown = sorted(set(raw) - _FIELDS)
    if unknown:
        raise FaultRuleError(f"unknown keys {unknown}; known are {sorted(_FIELDS)}")
    if not isinstance(raw.get("match"), str):
        raise FaultRuleError("a rule needs `match`, a regular expression over 'METHOD /path'")
    values = dict(raw)
    if "probability" in values and "times" not in values:
        values["times"] = None
    for name in _TUPLES:
        if name in values:
            values[name] = tuple(str(item) for item in values[name])
    if values.get("when", "before") not in ("before", "after"):
        raise FaultRuleError("`when` is before or after")
    return FaultRule(**values)


class FaultBook:
    """The rules in force, tried in the order they were given."""

    def __init__(self, seed: int = 0) -> None:
        self._rules: list[FaultRule] = []
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def replace(self, raw_rules: Sequence[object]) -> None:
        """Put new rules in the place of the old ones, all or none."""
        self._rules = [parse_rule(raw) for raw in raw_rules]

    def extend(self, raw_rules: Sequence[object]) -> None:
        """Add rules behind the present ones, all or none."""
        self._rules = self._rules + [parse_rule(raw) for raw in raw_rules]

    def take(self, method: str, path: str) -> FaultRule | None:
        """Choose the rule for this request and use up one of its times."""
        request_line = f"{method} {path}"
        for rule in self._rules:
            if rule.times == 0 or not rule.concerns(request_line):
                continue
            if rule.skip > 0:
                rule.skip -= 1
                continue
            if rule.probability < 1.0 and self._random.random() >= rule.probability:
                continue
            if rule.times is not None:
                rule.times -= 1
            return rule
        return None

    def describe(self) -> list[dict[str, Any]]:
        """List the rules with what is left of them."""
        return [rule.describe() for rule in self._rules]
