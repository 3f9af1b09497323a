"""Find what the names of a statement mean: fields of its object, and fields of objects it refers to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.salesforce.access import Access
from sandbox.salesforce.catalog import Catalog
from sandbox.salesforce.schema import Field, SObject
from sandbox.salesforce.soql.nodes import Path, SoqlError

_HINT = "Please reference your WSDL or the describe call for the appropriate names."
_MOST_HOPS = 5
_NAME_FIELDS = {
    name.lower(): Field(name, name, "boolean" if name == "IsActive" else "string", nillable=True)
    for name in ("Name", "FirstName", "LastName", "Email", "Phone", "Title", "IsActive", "Username", "Alias", "Type")
} | {"id": Field("Id", "Id", "id")}
"""What can be asked of somebody or something that may be of several kinds."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One relationship on the way to a field; `kind` None when it leads to several kinds of records."""

    name: str
    id_sql: str
    kind: str | None


@dataclass(frozen=True, slots=True)
class Column:
    """One field as SQL, with the relationships on the way to it."""

    sql: str
    field: Field
    hops: tuple[Hop, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """Write it as describe spells it."""
        return ".".join((*(hop.name for hop in self.hops), self.field.name))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a path has got to: one object under an alias, or one of several."""

    kind: SObject | None
    aliases: tuple[tuple[SObject, str], ...]
    hops: tuple[Hop, ...]


@dataclass(slots=True)
class Scope:
    """The names of one SELECT; collects the joins they need. `virtual` are fields computed when they are asked for."""

    catalog: Catalog
    access: Access
    kind: SObject
    alias: str
    written_alias: str | None = None
    virtual: dict[tuple[str, str], str] = field(default_factory=dict)
    joins: list[str] = field(default_factory=list)
    _places: dict[tuple[str, ...], _Place] = field(default_factory=dict)

    def column(self, path: Path) -> Column:
        """Find a field; refuse what does not exist or must not be seen."""
        parts = self._own_parts(path)
        place = self._place(parts[:-1], path)
        if place.kind is None:
            return self._name_column(place, parts[-1], path)
        found = place.kind.find(parts[-1])
        if found is None or not self.access.readable(place.kind, found):
            raise SoqlError("INVALID_FIELD", _no_column(parts[-1], place.kind.name), path.position)
        return self._of(place.kind, place.aliases[0][1], found, place.hops)

    def own(self, found: Field) -> Column:
        """Give a field of the statement's own object."""
        return self._of(self.kind, self.alias, found, ())

    def from_clause(self) -> str:
        """Write the table and every join."""
        return " ".join((f'"{self.kind.name}" AS {self.alias}', *self.joins))

    def _own_parts(self, path: Path) -> tuple[str, ...]:
        """Drop the alias or the object's own name in front of a field."""
        parts = path.parts
        own_names = {self.kind.name.lower(), (self.written_alias or self.kind.name).lower()}
        if len(parts) > 1 and parts[0].lower() in own_names and self.kind.by_relationship(parts[0]) is None:
            return parts[1:]
        return parts

    def _of(self, kind: SObject, alias: str, found: Field, hops: tuple[Hop, ...]) -> Column:
        if found.type == "address":
            prefix = found.name.removesuffix("Address")
            names = [one.name for one in kind.fields if one.compound == found.name]
            parts = tuple((_part_name(name, prefix), f'{alias}."{name}"') for name in names)
            return Column(f"{alias}.rowid", found, hops, parts)
        computed = self.virtual.get((kind.name, found.name))
        sql = computed.format(alias=alias) if computed else f'{alias}."{found.name}"'
        return Column(sql, found, hops)

    def _place(self, relationships: tuple[str, ...], path: Path) -> _Place:
        if len(relationships) > _MOST_HOPS:
            raise SoqlError("INVALID_FIELD", f"Relationship path is too deep: {path.text}", path.position)
        place = _Place(self.kind, ((self.kind, self.alias),), ())
        for count in range(1, len(relationships) + 1):
            key = tuple(part.lower() for part in relationships[:count])
            if key not in self._places:
                self._places[key] = self._join(place, relationships[count - 1], path)
            place = self._places[key]
        return place

    def _join(self, place: _Place, name: str, path: Path) -> _Place:
        reference = place.kind.by_relationship(name) if place.kind else None
        targets = list(self._targets(reference)) if reference else []
        if place.kind is None or reference is None or not targets or not self.access.readable(place.kind, reference):
            message = (
                f"Didn't understand relationship '{name}' in field path. If you are attempting to use a custom "
                f"relationship, be sure to append the '__r' after the custom relationship name. {_HINT}"
            )
            raise SoqlError("INVALID_FIELD", message, path.position)
        id_sql = f'{place.aliases[0][1]}."{reference.name}"'
        aliases = []
        for target in targets:
            alias = f"{self.alias}_{len(self.joins) + 1}"
            self.joins.append(f'LEFT JOIN "{target.name}" AS {alias} ON {alias}."Id" = {id_sql}')
            aliases.append((target, alias))
        kind = None if reference.polymorphic else targets[0]
        hop = Hop(reference.relationship or name, id_sql, kind.name if kind else None)
        return _Place(kind, tuple(aliases), (*place.hops, hop))

    def _targets(self, reference: Field) -> Iterator[SObject]:
        for name in reference.refers:
            found = self.catalog.find(name)
            if found is not None:
                yield found

    def _name_column(self, place: _Place, name: str, path: Path) -> Column:
        found = _NAME_FIELDS.get(name.lower())
        if found is None:
            raise SoqlError("INVALID_FIELD", _no_column(name, "Name"), path.position)
        if found.name == "Id":
            return Column(place.hops[-1].id_sql, found, place.hops)
        if found.name == "Type":
            cases = " ".join(f"WHEN '{kind.prefix}' THEN '{kind.name}'" for kind, _ in place.aliases)
            return Column(f"CASE substr({place.hops[-1].id_sql}, 1, 3) {cases} END", found, place.hops)
        known = [f'{alias}."{found.name}"' for kind, alias in place.aliases if kind.has(found.name)]
        return Column(f"COALESCE({', '.join((*known, 'NULL', 'NULL'))})", found, place.hops)


def _part_name(name: str, prefix: str) -> str:
    short = name.removeprefix(prefix)
    return short[:1].lower() + short[1:]


def _no_column(name: str, kind: str) -> str:
    return (
        f"No such column '{name}' on entity '{kind}'. If you are attempting to use a custom field, be sure to append "
        f"the '__c' after the custom field name. {_HINT}"
    )


def no_such_kind(name: str, position: int | None) -> SoqlError:
    """Refuse an object that does not exist."""
    message = (
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append the "
        f"'__c' after the entity name. {_HINT}"
    )
    return SoqlError("INVALID_TYPE", message, position)


def no_such_children(name: str, position: int) -> SoqlError:
    """Refuse a child relationship that does not exist."""
    message = (
        f"Didn't understand relationship '{name}' in FROM part of query call. If you are attempting to use a custom "
        f"relationship, be sure to append the '__r' after the custom relationship name. {_HINT}"
    )
    return SoqlError("INVALID_TYPE", message, position)
