"""Know every object of one org with all its fields: standard ones, the company's own and what was deployed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sandbox.salesforce.schema import CUSTOM_OWNERS, Field, SObject, builtin_kinds, customer_fields
from sandbox.salesforce.schema.field import field_from_json
from sandbox.salesforce.store import Store


class Catalog:
    """The objects of one org, cached until the database changes under it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kinds: dict[str, SObject] | None = None

    def create(self) -> None:
        """Make the tables of a new org and give it the company's own fields."""
        for kind in builtin_kinds().values():
            self._store.create_table(kind)
        for owner, field in customer_fields():
            self.put_field(owner, field)

    def kinds(self) -> Mapping[str, SObject]:
        """Give the objects by their names in small letters."""
        if self._kinds is None:
            self._kinds = {name.lower(): self._with_custom(kind) for name, kind in builtin_kinds().items()}
        return self._kinds

    def find(self, name: str) -> SObject | None:
        """Find an object; Salesforce ignores the case of its name."""
        return self.kinds().get(name.lower())

    def kind(self, name: str) -> SObject:
        """Give an object that is known to exist."""
        return self.kinds()[name.lower()]

    def of_id(self, record_id: str) -> SObject | None:
        """Find the object an id belongs to by its first three characters."""
        prefix = record_id[:3]
        return next((kind for kind in self.kinds().values() if kind.prefix == prefix), None)

    def custom_fields(self, owner: str) -> dict[str, Field]:
        """Give the custom fields of an object, or of Activity, by name."""
        return {name: field_from_json(body) for name, body in self._store.all(f"field:{owner}").items()}

    def put_field(self, owner: str, field: Field) -> bool:
        """Create or change a custom field; tell whether it is new."""
        new = self._store.get(f"field:{owner}", field.name) is None
        self._store.put(f"field:{owner}", field.name, field.to_json())
        for kind in CUSTOM_OWNERS.get(owner, (owner,)) if new else ():
            self._store.add_column(kind, field, int(field.default == "true") if field.type == "boolean" else None)
        self.forget()
        return new

    def drop_field(self, owner: str, name: str) -> None:
        """Remove a custom field with all its values."""
        self._store.drop(f"field:{owner}", name)
        for kind in CUSTOM_OWNERS.get(owner, (owner,)):
            self._store.drop_column(kind, name)
        self.forget()

    def forget(self) -> None:
        """Drop the cache, for example after a transaction was taken back."""
        self._kinds = None

    def children_of(self, parent: str) -> Iterator[tuple[SObject, Field]]:
        """Give every reference that points to an object, with the object it is on."""
        for kind in self.kinds().values():
            for field in kind.references():
                if parent in field.refers:
                    yield kind, field

    def child_relationship(self, parent: str, name: str) -> tuple[SObject, Field] | None:
        """Find a child relationship of an object by name."""
        wanted = name.lower()
        return next(
            (
                (kind, field)
                for kind, field in self.children_of(parent)
                if field.children and field.children.lower() == wanted
            ),
            None,
        )

    def _with_custom(self, kind: SObject) -> SObject:
        owners = [owner for owner, faces in CUSTOM_OWNERS.items() if kind.name in faces]
        custom = [field for owner in (kind.name, *owners) for field in self.custom_fields(owner).values()]
        return kind.with_fields((*kind.fields, *custom)) if custom else kind
