"""Read a column map from YAML.

    person:                     # attribute: column; a name no CRM form knows is a raw CRM property of that name
      email: "person-{Lead Number}@example.com"       # text with {Column} in it is a template
      country: {column: Country, values: {India: IN}, otherwise: ""}
      city: City
    events:                     # each row gives at most one event for each of these
      - {kind: page_view, count: Visits, at: Last Visit}
      - {kind: form_submitted, form: {text: Landing page}, when: {column: Origin, in: [Web, Fair]}}
    outcome: {won: {column: Converted, equals: "1"}, lost: {column: Converted, equals: "0"}, days: 21}
    opted_out: {column: Do Not Email, equals: "Yes"}
    ignore: [Tags]              # columns that must not be loaded: written after the fact
    dates: {order: Lead Number, span_days: 180}       # rows without a date: spread over the span, the last one at now
    empty: [Select]             # cells that mean nothing, beside blank ones
    encoding: cp1252            # unless the spreadsheet is UTF-8

A number of times may be `{column: Page views, per: Page views per visit, minus: 1}`. Columns that are named nowhere
are not loaded. Everything is text: `equals: 1` and `equals: "1"` are the same.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

import yaml

from sandbox.column_map import Cell, ColumnMap, ColumnUse, Condition, Count, EventRule, Outcome, SpreadsheetError
from sandbox.column_nodes import NodeReader, nearest

ATTRIBUTES = (
    "first_name", "last_name", "email", "job_title", "phone", "country", "city", "language", "persona", "source",
)  # fmt: skip
RECORD_FIELDS = ("external_id", "created_at", "company", "industry", "employees")
EVENT_TEXTS = ("asset", "url", "form", "campaign", "topic", "channel", "direction", "outcome", "text")
EVENT_KINDS = (
    "page_view", "return_visit", "content_download", "form_submitted", "newsletter_subscribed",
    "newsletter_unsubscribed", "email_delivered", "email_open", "email_click", "email_reply", "email_bounce",
    "webinar_registered", "webinar_attended", "webinar_question", "event_registered", "event_attended",
    "survey_completed", "demo_trial", "product_usage", "social_interaction", "social_comment", "chat", "call",
    "meeting", "note", "ad_click", "list_joined", "campaign_response",
)  # fmt: skip
DEFAULT_EMPTY = ("Select",)  # what an untouched drop-down of a web form leaves behind
DEFAULT_SPAN_DAYS = 180
DEFAULT_OUTCOME_DAYS = 21

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_PROPERTY_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TOP_KEYS = ("person", "events", "outcome", "opted_out", "hard_bounced", "ignore", "dates", "empty", "encoding")


def load_column_map(path: Path) -> ColumnMap:
    """Read a column map; raises SpreadsheetError with every problem of the file."""
    reader = NodeReader(str(path))
    column_map = _Parser(reader).parse(_compose(path))
    if reader.problems:
        raise SpreadsheetError(reader.problems)
    return column_map


def _compose(path: Path) -> yaml.Node | None:
    """Read the file as YAML nodes."""
    try:
        return yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except OSError as error:
        problem = f"{path}: cannot be read ({error.strerror}) — give the path of a column map"
    except UnicodeDecodeError as error:
        problem = f"{path}: is not UTF-8 text (byte {error.start}) — save it as UTF-8"
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = f"{path}:{line}: is not YAML ({error.problem}) — correct the line"
    except yaml.YAMLError as error:
        problem = f"{path}: is not YAML ({str(error).splitlines()[0]}) — correct the file"
    raise SpreadsheetError((problem,))


class _Parser:
    """Turn the nodes of one file into a ColumnMap, noting on the way every column that is named."""

    def __init__(self, reader: NodeReader) -> None:
        self._reader = reader
        self._uses: list[ColumnUse] = []

    def parse(self, root: yaml.Node | None) -> ColumnMap:
        """Read the whole file."""
        reader = self._reader
        if root is None:
            reader.complain(None, "", 'is empty — begin with "person:" and its attributes')
        top = reader.mapping(root, "", _TOP_KEYS, required=("person",))
        dates = reader.mapping(top.get("dates"), "dates", ("order", "span_days"))
        events = reader.sequence(top.get("events"), "events")
        empty = reader.texts(top.get("empty"), "empty") if "empty" in top else list(DEFAULT_EMPTY)
        ignored = reader.sequence(top.get("ignore"), "ignore")
        return ColumnMap(
            person=self._person(top.get("person")),
            events=tuple(self._event(node, f"events.{position}") for position, node in enumerate(events)),
            outcome=self._outcome(top.get("outcome")),
            opted_out=self._condition(top.get("opted_out"), "opted_out"),
            hard_bounced=self._condition(top.get("hard_bounced"), "hard_bounced"),
            order=self._column(dates.get("order"), "dates.order"),
            span_days=reader.whole(dates.get("span_days"), "dates.span_days", DEFAULT_SPAN_DAYS, at_least=1),
            empty=frozenset(text.strip().casefold() for text in empty),
            encoding=self._encoding(top.get("encoding")),
            uses=tuple(self._uses),
            ignored=tuple(
                ColumnUse(column, reader.place(node, f"ignore.{position}"))
                for position, node in enumerate(ignored)
                if (column := reader.text(node, f"ignore.{position}")) is not None
            ),
        )

    def _person(self, node: yaml.Node | None) -> dict[str, Cell]:
        """Read what is known about the person."""
        cells: dict[str, Cell] = {}
        for name, value in self._reader.mapping(node, "person", None).items():
            path = f"person.{name}"
            cell = self._cell(value, path)
            if not _PROPERTY_NAME.fullmatch(name):
                known = (*ATTRIBUTES, *RECORD_FIELDS)
                self._reader.complain(
                    value, path, f"is no attribute and no property name (a-z, 0-9, _) — {nearest(name, known)}"
                )
            elif cell is not None:
                cells[name] = cell
        return cells

    def _event(self, node: yaml.Node, path: str) -> EventRule:
        """Read one event a row may give."""
        reader = self._reader
        items = reader.mapping(node, path, ("kind", "at", "count", "when", *EVENT_TEXTS), required=("kind",))
        kind = reader.text(items.get("kind"), f"{path}.kind")
        if kind is not None and kind not in EVENT_KINDS:
            reader.complain(items["kind"], f"{path}.kind", f'"{kind}" is not known — {nearest(kind, EVENT_KINDS)}')
        cells = {name: self._cell(items[name], f"{path}.{name}") for name in EVENT_TEXTS if name in items}
        return EventRule(
            kind=kind or "",
            at=self._cell(items["at"], f"{path}.at") if "at" in items else None,
            count=self._count(items.get("count"), f"{path}.count"),
            when=self._condition(items.get("when"), f"{path}.when"),
            texts={name: cell for name, cell in cells.items() if cell is not None},
        )

    def _outcome(self, node: yaml.Node | None) -> Outcome:
        """Read how a deal ended."""
        items = self._reader.mapping(node, "outcome", ("won", "lost", "days"))
        return Outcome(
            won=self._condition(items.get("won"), "outcome.won"),
            lost=self._condition(items.get("lost"), "outcome.lost"),
            days=self._reader.whole(items.get("days"), "outcome.days", DEFAULT_OUTCOME_DAYS, at_least=0),
        )

    def _cell(self, node: yaml.Node, path: str) -> Cell | None:
        """Read where a value comes from: a column, a template, a fixed text, or a column with a table of values."""
        if isinstance(node, yaml.ScalarNode):
            text = str(node.value)
            return self._template(text, node, path) if "{" in text else self._plain(node, path)
        if not isinstance(node, yaml.MappingNode):
            self._reader.complain(node, path, "is a list — name one column")
            return None
        items = self._reader.mapping(node, path, ("column", "text", "values", "otherwise"))
        if ("column" in items) == ("text" in items):
            self._reader.complain(node, path, 'needs either "column" or "text" — give one of them')
            return None
        cell = self._plain(items["column"], f"{path}.column") if "column" in items else self._fixed(items["text"], path)
        if cell is None:
            return None
        table = self._reader.mapping(items.get("values"), f"{path}.values", None)
        values = {
            text.strip().casefold(): self._reader.text(value, f"{path}.values.{text}") or ""
            for text, value in table.items()
        }
        otherwise = self._reader.text(items.get("otherwise"), f"{path}.otherwise")
        return Cell(cell.parts, values if "values" in items else None, otherwise)

    def _plain(self, node: yaml.Node, path: str) -> Cell | None:
        """Read a column's own text."""
        column = self._column(node, path)
        return None if column is None else Cell((("", column),))

    def _fixed(self, node: yaml.Node, path: str) -> Cell | None:
        """Read a text that is the same for every row, or a template."""
        text = self._reader.text(node, f"{path}.text")
        return None if text is None else self._template(text, node, f"{path}.text")

    def _template(self, text: str, node: yaml.Node, path: str) -> Cell:
        """Split a text at its {Column} placeholders."""
        pieces = _PLACEHOLDER.split(text)
        literals, columns = pieces[0::2], pieces[1::2]
        for column in columns:
            self._uses.append(ColumnUse(column, self._reader.place(node, path)))
        return Cell(tuple(zip(literals, (*columns, None), strict=True)))

    def _column(self, node: yaml.Node | None, path: str) -> str | None:
        """Read the name of a column."""
        column = self._reader.text(node, path)
        if node is not None and column is not None:
            self._uses.append(ColumnUse(column, self._reader.place(node, path)))
        return column

    def _condition(self, node: yaml.Node | None, path: str) -> Condition | None:
        """Read a condition: a column and the text or texts it must hold."""
        if node is None:
            return None
        items = self._reader.mapping(node, path, ("column", "equals", "in"), required=("column",))
        if isinstance(node, yaml.MappingNode) and ("equals" in items) == ("in" in items):
            self._reader.complain(node, path, 'needs either "equals" or "in" — give one of them')
        column = self._column(items.get("column"), f"{path}.column")
        single = self._reader.text(items.get("equals"), f"{path}.equals")
        texts = self._reader.texts(items.get("in"), f"{path}.in") if single is None else [single]
        return Condition(column or "", frozenset(text.strip().casefold() for text in texts))

    def _count(self, node: yaml.Node | None, path: str) -> Count | None:
        """Read a number of times."""
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode):
            return Count(self._column(node, path) or "")
        items = self._reader.mapping(node, path, ("column", "per", "minus"), required=("column",))
        return Count(
            column=self._column(items.get("column"), f"{path}.column") or "",
            per=self._column(items.get("per"), f"{path}.per"),
            minus=self._reader.whole(items.get("minus"), f"{path}.minus", 0, at_least=0),
        )

    def _encoding(self, node: yaml.Node | None) -> str:
        """Read the name of a text encoding."""
        name = self._reader.text(node, "encoding")
        if node is None or name is None:
            return "utf-8-sig"
        try:
            return codecs.lookup(name).name
        except LookupError:
            self._reader.complain(node, "encoding", f'"{name}" is not known — for example utf-8, cp1252, utf-16')
            return "utf-8-sig"
