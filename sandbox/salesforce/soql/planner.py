"""Check a statement against the org and write the SQL that answers it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.salesforce.org import Actor, Org
from sandbox.salesforce.schema import Field, SObject
from sandbox.salesforce.soql.filters import Filter, Parameters
from sandbox.salesforce.soql.nodes import (
    Aggregate,
    AllFields,
    Condition,
    Junction,
    Membership,
    Named,
    Negation,
    Path,
    Query,
    SoqlError,
)
from sandbox.salesforce.soql.scope import Column, Scope, no_such_children, no_such_kind
from sandbox.salesforce.store import Value

_NOT_INSIDE = ("Task", "Event")
_MOST_FIELDS_ROWS = 200
_DAY_MS = 86_400_000
_CLOSED_LONG_AGO = (
    '({{alias}}."IsClosed" = 1 AND COALESCE(strftime(\'%s\', {{alias}}."ActivityDate") * 1000, {{alias}}."CreatedDate")'
    " < {before})"
)
_ENDED_LONG_AGO = '(COALESCE({{alias}}."EndDateTime", {{alias}}."StartDateTime", {{alias}}."CreatedDate") < {before})'


@dataclass(frozen=True, slots=True)
class Output:
    """One value of an answer: where it goes and which columns of the SQL answer hold it."""

    column: Column
    places: tuple[int, ...]
    hop_places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """One value of a grouped answer."""

    name: str
    field: Field | None
    place: int


@dataclass(frozen=True, slots=True)
class Children:
    """A query over the children of every row; `plan` asks for the ids of many parents at once."""

    name: str
    plan: Plan
    limit: int | None
    offset: int


@dataclass(slots=True)
class Plan:
    """One statement ready to run; the first column of every row is the record's id, the second its parent's."""

    kind: SObject
    sql: str
    parameters: dict[str, Value]
    outputs: list[Output | Summary | Children] = field(default_factory=list)
    grouped: bool = False
    counts_only: bool = False

    @property
    def long_texts(self) -> int:
        """Count the long texts of a row, which make pages smaller."""
        return sum(isinstance(one, Output) and one.column.field.long_text for one in self.outputs)


class Planner:
    """Plans the statements of one caller at one instant."""

    def __init__(self, org: Org, actor: Actor, *, everything: bool) -> None:
        self._org = org
        self._actor = actor
        self._everything = everything
        self._now_ms = org.now_ms()
        self._aliases = 0
        before = self._now_ms // _DAY_MS * _DAY_MS - org.settings.archive_after_days * _DAY_MS
        self._virtual = {
            ("Task", "IsArchived"): _CLOSED_LONG_AGO.format(before=before),
            ("Event", "IsArchived"): _ENDED_LONG_AGO.format(before=before),
        }

    def plan(self, query: Query) -> Plan:
        """Plan a whole statement."""
        kind = self._org.catalog.find(query.source)
        if kind is None:
            raise no_such_kind(query.source, query.position)
        self._check_size(query, kind)
        parameters = Parameters()
        scope = self._scope(kind, query)
        if query.counts_only:
            where = self._where(scope, query, parameters)
            sql = f"SELECT count(*) FROM {scope.from_clause()} WHERE {where}"  # noqa: S608 - own words
            return Plan(kind, sql, parameters.values, counts_only=True)
        if query.aggregates:
            return self._grouped(scope, query, parameters)
        return self._rows(scope, query, parameters, None)

    def condition(self, kind: SObject, condition: Condition) -> tuple[str, dict[str, Value]]:
        """Write one condition over the records of an object as a whole SQL statement for one `:id`."""
        query = Query("", (), kind.name, 0, where=condition)
        scope, parameters = self._scope(kind, query), Parameters()
        where = self._filter(scope, parameters).build(condition)
        sql = f'SELECT 1 FROM {scope.from_clause()} WHERE {scope.alias}."Id" = :id AND ({where})'  # noqa: S608
        return sql, parameters.values

    def _scope(self, kind: SObject, query: Query) -> Scope:
        self._aliases += 1
        return Scope(
            self._org.catalog, self._actor.access, kind, f"t{self._aliases}", query.alias, virtual=self._virtual
        )

    def _filter(self, scope: Scope, parameters: Parameters) -> Filter:
        return Filter(scope, parameters, self._now_ms, lambda inner: self._inner(inner, parameters))

    def _where(self, scope: Scope, query: Query, parameters: Parameters) -> str:
        tests = []
        if query.where is not None:
            tests.append(f"({self._filter(scope, parameters).build(query.where)})")
        if not self._everything:
            if scope.kind.has("IsDeleted"):
                tests.append(f'{scope.alias}."IsDeleted" = 0')
            archived = self._virtual.get((scope.kind.name, "IsArchived"))
            if archived:
                tests.append(f"NOT {archived.format(alias=scope.alias)}")
        return " AND ".join(tests) or "1"

    def _inner(self, query: Query, parameters: Parameters) -> str:
        """Write the query inside an IN condition."""
        kind = self._org.catalog.find(query.source)
        if kind is None:
            raise no_such_kind(query.source, query.position)
        if kind.name in _NOT_INSIDE:
            raise SoqlError("MALFORMED_QUERY", f"Entity '{kind.name}' is not supported for semi join inner selects")
        scope = self._scope(kind, query)
        item = query.select[0]
        if len(query.select) != 1 or not isinstance(item, Path):
            raise SoqlError("MALFORMED_QUERY", "semi join sub-selects can only query one id field", query.position)
        column = scope.column(item)
        if column.field.type not in ("id", "reference"):
            message = f"The inner select field '{item.text}' is not an id field"
            raise SoqlError("MALFORMED_QUERY", message, item.position)
        where = self._where(scope, query, parameters)
        return f"SELECT {column.sql} FROM {scope.from_clause()} WHERE {where} AND {column.sql} IS NOT NULL"  # noqa: S608

    def _rows(self, scope: Scope, query: Query, parameters: Parameters, parent: Field | None) -> Plan:
        """Plan a statement whose rows are records; with `parent` for the children of many records."""
        columns = [f'{scope.alias}."Id"', f'{scope.alias}."{parent.name}"' if parent else "NULL"]
        outputs: list[Output | Summary | Children] = []
        for item in self._expanded(query, scope.kind):
            if isinstance(item, Query):
                outputs.append(self._children(item, scope.kind))
            elif isinstance(item, Path):
                outputs.append(_output(scope.column(item), columns))
        where = self._where(scope, query, parameters)
        if parent is not None:
            where += f' AND {scope.alias}."{parent.name}" IN (SELECT value FROM json_each(:parents))'  # noqa: S608
        order = self._order(scope, query)
        sql = f"SELECT {', '.join(columns)} FROM {scope.from_clause()} WHERE {where} ORDER BY {order}"  # noqa: S608
        if parent is None:
            sql += f" LIMIT {-1 if query.limit is None else query.limit} OFFSET {query.offset}"
        return Plan(scope.kind, sql, parameters.values, outputs)

    def _children(self, query: Query, kind: SObject) -> Children:
        found = self._org.catalog.child_relationship(kind.name, query.source)
        if found is None:
            raise no_such_children(query.source, query.position)
        child, reference = found
        if query.aggregates or any(isinstance(item, Query) for item in query.select):
            raise SoqlError("MALFORMED_QUERY", "unexpected token: '('", query.position)
        plan = self._rows(self._scope(child, query), query, Parameters(), reference)
        return Children(str(reference.children), plan, query.limit, query.offset)

    def _expanded(self, query: Query, kind: SObject) -> Iterator[Path | Query]:
        """Put the fields of FIELDS(…) in its place; refuse a field that is named twice."""
        seen: set[str] = set()
        for item in query.select:
            if isinstance(item, AllFields):
                yield from self._all_fields(item, query, kind)
            elif isinstance(item, Path):
                if item.text.lower() in seen:
                    raise SoqlError("INVALID_FIELD", f"duplicate field selected: {item.text}", item.position)
                seen.add(item.text.lower())
                yield item
            elif isinstance(item, Query):
                yield item

    def _all_fields(self, item: AllFields, query: Query, kind: SObject) -> Iterator[Path]:
        if query.limit is None or query.limit > _MOST_FIELDS_ROWS:
            message = f"The SOQL FIELDS function must have a LIMIT of at most {_MOST_FIELDS_ROWS}"
            raise SoqlError("MALFORMED_QUERY", message, item.position)
        wanted = {"ALL": (True, False), "STANDARD": (False,), "CUSTOM": (True,)}.get(item.group)
        if wanted is None:
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{item.group}'", item.position)
        for found in self._actor.access.visible(kind):
            if found.custom in wanted:
                yield Path((found.name,), item.position)

    def _order(self, scope: Scope, query: Query) -> str:
        keys = []
        for one in query.order:
            if isinstance(one.path, Aggregate):
                raise SoqlError("MALFORMED_QUERY", "unexpected token: '('", one.path.position)
            column = scope.column(one.path)
            if not column.field.sortable:
                message = f"field '{column.field.name}' can not be sorted in a query call"
                raise SoqlError("MALFORMED_QUERY", message, one.path.position)
            keys.append(_sort_key(column, descending=one.descending, nulls_last=one.nulls_last))
        return ", ".join((*keys, f"{scope.alias}.rowid"))

    def _grouped(self, scope: Scope, query: Query, parameters: Parameters) -> Plan:
        groups = {scope.column(path).sql: path for path in query.group}
        for path in query.group:
            if not scope.column(path).field.groupable:
                message = f"field '{path.text}' can not be grouped in a query call"
                raise SoqlError("MALFORMED_QUERY", message, path.position)
        columns: list[str] = ["NULL", "NULL"]
        outputs: list[Output | Summary | Children] = []
        unnamed = 0
        for item in query.select:
            if isinstance(item, Aggregate):
                sql, found = self._aggregate(scope, item)
                name = item.alias or f"expr{unnamed}"
                unnamed += item.alias is None
            else:
                sql, found, name = self._group_item(scope, item, groups)
            outputs.append(Summary(name, found, len(columns)))
            columns.append(sql)
        where = self._where(scope, query, parameters)
        sql = f"SELECT {', '.join(columns)} FROM {scope.from_clause()} WHERE {where}"  # noqa: S608 - own words
        if groups:
            sql += f" GROUP BY {', '.join(f'fold({one})' for one in groups)}"
        keys = [self._group_key(scope, one.path, descending=one.descending) for one in query.order]
        if keys:
            sql += f" ORDER BY {', '.join(keys)}"
        sql += f" LIMIT {-1 if query.limit is None else query.limit} OFFSET {query.offset}"
        return Plan(scope.kind, sql, parameters.values, outputs, grouped=True)

    def _group_item(self, scope: Scope, item: object, groups: dict[str, Path]) -> tuple[str, Field, str]:
        path = item.path if isinstance(item, Named) else item
        if not isinstance(path, Path):
            raise SoqlError("MALFORMED_QUERY", "unexpected token: '('", 0)
        column = scope.column(path)
        if column.sql not in groups:
            message = f"Field must be grouped or aggregated: {path.text}"
            raise SoqlError("MALFORMED_QUERY", message, path.position)
        name = item.alias if isinstance(item, Named) else column.field.name
        return column.sql, column.field, name

    def _group_key(self, scope: Scope, path: Path | Aggregate, *, descending: bool) -> str:
        sql = self._aggregate(scope, path)[0] if isinstance(path, Aggregate) else scope.column(path).sql
        return f"{sql} {'DESC' if descending else 'ASC'}"

    def _aggregate(self, scope: Scope, item: Aggregate) -> tuple[str, Field | None]:
        if item.path is None:
            return "count(*)", None
        column = scope.column(item.path)
        if not column.field.aggregatable:
            message = f"field {column.field.name} does not support aggregate operator {item.function}"
            raise SoqlError("MALFORMED_QUERY", message, item.position)
        if item.function == "COUNT_DISTINCT":
            return f"count(DISTINCT fold({column.sql}))", None
        counted = item.function in ("COUNT", "SUM", "AVG")
        return f"{item.function.lower()}({column.sql})", None if counted else column.field

    def _check_size(self, query: Query, kind: SObject) -> None:
        """Refuse to go through the activities of too many people at once, when the settings say so."""
        most = self._org.settings.activity_people
        if most and kind.is_activity and query.where and _people(query.where) > most:
            raise SoqlError("OPERATION_TOO_LARGE", "exceeded 100000 distinct who/what's")


def _people(condition: Condition) -> int:
    if isinstance(condition, Junction):
        return max(_people(part) for part in condition.parts)
    if isinstance(condition, Negation):
        return _people(condition.part)
    if isinstance(condition, Membership) and condition.path.parts[-1].lower() == "whoid":
        return len(condition.values)
    return 0


def _output(column: Column, columns: list[str]) -> Output:
    """Note which columns of the SQL answer hold a value and the ids on the way to it."""
    hop_places = []
    for hop in column.hops:
        if hop.id_sql not in columns:
            columns.append(hop.id_sql)
        hop_places.append(columns.index(hop.id_sql))
    places = []
    for sql in [sql for _, sql in column.parts] or [column.sql]:
        places.append(len(columns))
        columns.append(sql)
    return Output(column, tuple(places), tuple(hop_places))


def _sort_key(column: Column, *, descending: bool, nulls_last: bool) -> str:
    direction = "DESC" if descending else "ASC"
    return f"fold({column.sql}) {direction} NULLS {'LAST' if nulls_last else 'FIRST'}"
