"""Hold a mapping against the CRM's own schema. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from connector.domain.cross_check import Source
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.phrase import Phrase, phrase
from connector.errors import Problem
from connector.own_fields import FIELDS_BY_NAME
from connector.ports import FieldInfo


@dataclass(frozen=True, slots=True)
class SchemaCheck:
    """Compare one mapping file (`source`) with the CRM's fields of a person; `lifecycle` names its stage field."""

    mapping: FieldMapping
    source: Source
    fields: Mapping[str, FieldInfo]
    lifecycle: str | None

    def problems(self) -> Iterator[Problem]:
        """Yield what would make writing fail; fields that `puente install` creates are one problem together."""
        paths = {name: f"write_back.{name}" for name in self.mapping.write_back}
        paths |= {self.mapping.sales_verdict: "sales.verdict", self.mapping.reject_reason: "sales.reason"}
        own = [name for name in paths if name in FIELDS_BY_NAME and name not in self.fields]
        if own:
            yield self._problem("write_back", _lacking(own))
        for name, path in paths.items():
            if name not in own:
                yield from self._check_written(path, name)
        stages = self.fields.get(self.lifecycle or "")
        for stage, value in self.mapping.stages.items():
            if value and stages and stages.options and value not in stages.options:
                advice = _nearest(value, stages.options)
                what = phrase("the CRM has no stage `{value}` — {advice}", value=value, advice=advice)
                yield self._problem(f"stages.{stage}", what)

    def warnings(self, used: Iterable[str]) -> Iterator[Problem]:
        """Yield what will stay unknown; attributes in `used` matter to the model."""
        wanted = set(used)
        for name, attribute in self.mapping.attributes.items():
            for field in attribute.fields if attribute.source == "person" else ():
                if field not in self.fields:
                    absent = self._absent(field)
                    what = (
                        phrase("the CRM has no field `{field}`, which the model asks for — {advice}", **absent)
                        if name in wanted
                        else phrase("the CRM has no field `{field}`, which no rule asks for — {advice}", **absent)
                    )
                    yield self._problem(f"attributes.{name}", what)

    def _check_written(self, path: str, name: str) -> Iterator[Problem]:
        field, own = self.fields.get(name), FIELDS_BY_NAME.get(name)
        if field is None:
            yield self._problem(path, phrase("the CRM has no field `{field}` — {advice}", **self._absent(name)))
            return
        if not field.writable:
            what = phrase("the CRM keeps the field `{field}` to itself — write to another one", field=name)
            yield self._problem(path, what)
        lacking = [option for option in own.options if option not in field.options] if own else []
        if lacking:
            options = ", ".join(lacking)
            what = phrase(
                "the CRM's field `{field}` lacks the options {options} — add them there", field=name, options=options
            )
            yield self._problem(path, what)

    def _absent(self, field: str) -> Mapping[str, str]:
        return {"field": field, "advice": _nearest(field, self.fields)}

    def _problem(self, path: str, message: str) -> Problem:
        return Problem(self.source.file, self.source.line_of(path), path, message)


def _lacking(own: Sequence[str]) -> Phrase:
    return phrase("the CRM lacks the fields {fields} — run `puente install`", fields=", ".join(own))


def _nearest(name: str, known: Iterable[str]) -> Phrase:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return (
        phrase("did you mean `{name}`?", name=close[0])
        if close
        else phrase("correct the name, or create it in the CRM")
    )
