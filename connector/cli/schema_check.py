"""Hold a mapping against the CRM's own schema. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from connector.domain.cross_check import Source
from connector.domain.mapping import Mapping as FieldMapping
from connector.errors import Problem
from connector.own_fields import FIELDS_BY_NAME
from connector.ports import FieldInfo

_INSTALL: Final = "run `puente install`"


@dataclass(frozen=True, slots=True)
class SchemaCheck:
    """Compare one mapping file (`source`) with the CRM's fields of a person; `lifecycle` names its stage field."""

    mapping: FieldMapping
    source: Source
    fields: Mapping[str, FieldInfo]
    lifecycle: str

    def problems(self) -> Iterator[Problem]:
        """Yield what would make writing fail."""
        for name in self.mapping.write_back:
            yield from self._check_written(f"write_back.{name}", name)
        yield from self._check_written("sales.verdict", self.mapping.sales_verdict)
        yield from self._check_written("sales.reason", self.mapping.reject_reason)
        stages = self.fields.get(self.lifecycle)
        for stage, value in self.mapping.stages.items():
            if value and stages and stages.options and value not in stages.options:
                what = f"the CRM has no stage `{value}` — {_nearest(value, stages.options)}"
                yield self._problem(f"stages.{stage}", what)

    def warnings(self, used: Iterable[str]) -> Iterator[Problem]:
        """Yield what will stay unknown; attributes in `used` matter to the model."""
        wanted = set(used)
        for name, attribute in self.mapping.attributes.items():
            for field in attribute.fields if attribute.source == "person" else ():
                if field not in self.fields:
                    effect = (
                        "stays unknown for everybody" if name in wanted else "stays unknown; the model does not ask"
                    )
                    what = f"the CRM has no field `{field}`, so `{name}` {effect} — {_nearest(field, self.fields)}"
                    yield self._problem(f"attributes.{name}", what)

    def _check_written(self, path: str, name: str) -> Iterator[Problem]:
        field, own = self.fields.get(name), FIELDS_BY_NAME.get(name)
        if field is None:
            advice = _INSTALL if own else _nearest(name, self.fields)
            yield self._problem(path, f"the CRM has no field `{name}` — {advice}")
            return
        if not field.writable:
            yield self._problem(path, f"the CRM keeps the field `{name}` to itself — write to another one")
        lacking = [option for option in own.options if option not in field.options] if own else []
        if lacking:
            what = f"the CRM's field `{name}` lacks the options {', '.join(lacking)} — add them in the CRM"
            yield self._problem(path, what)

    def _problem(self, path: str, message: str) -> Problem:
        return Problem(self.source.file, self.source.line_of(path), path, message)


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else "correct the name, or create it in the CRM"
