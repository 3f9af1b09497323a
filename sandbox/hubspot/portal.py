"""Bring together what one imitated portal consists of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sandbox.clock import Clock
from sandbox.hubspot.call import Call, Source
from sandbox.hubspot.errors import not_found
from sandbox.hubspot.object_types import ObjectType, find_object_type
from sandbox.hubspot.schema import Schema
from sandbox.hubspot.settings import PortalSettings
from sandbox.hubspot.store import Store


@dataclass(slots=True)
class Portal:
    """State, settings and clock; `rings` collects the webhook events of the request being served."""

    settings: PortalSettings
    store: Store
    clock: Clock
    schema: Schema = field(init=False)
    rings: list[dict[str, Any]] = field(default_factory=list)
    calls_today: Callable[[], int] = field(default=lambda: 0)

    def __post_init__(self) -> None:
        self.schema = Schema(self.store)

    def now_ms(self) -> int:
        """Read the clock in milliseconds."""
        return int(self.clock() * 1000)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all of what happens inside, or nothing of it, webhook events included."""
        rung = len(self.rings)
        try:
            with self.store.transaction():
                yield
        except BaseException:
            self.schema.forget()
            del self.rings[rung:]
            raise

    def integration(self, call: Call) -> Source:
        """Name the calling app as the source of a change."""
        app_id = call.grant.app_id if call.grant else self.settings.app_id
        return Source("INTEGRATION", str(app_id), call.grant.name if call.grant else None)

    def rep(self) -> Source:
        """Name a person working in HubSpot's own pages as the source of a change."""
        user_id = self.settings.user_id
        return Source("CRM_UI", f"userId:{user_id}", None, user_id)


def object_type_of(call: Call, parameter: str = "objectType") -> ObjectType:
    """Find the object type named in the address; 404 when it is not one of ours."""
    name = call.params[parameter]
    kind = find_object_type(name)
    if kind is None:
        raise not_found(f"Unable to infer object type from: {name}")
    return kind
