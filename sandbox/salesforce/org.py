"""Bring together what one imitated org consists of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sandbox.clock import Clock
from sandbox.salesforce.access import EVERYTHING, Access, read_access
from sandbox.salesforce.catalog import Catalog
from sandbox.salesforce.cursors import Cursors
from sandbox.salesforce.ids import make_id
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.settings import OrgSettings
from sandbox.salesforce.store import Store

if TYPE_CHECKING:
    from sandbox.salesforce.call import Answer, Call

ORGANIZATION_ID = make_id("00D", 1)
ADMINISTRATOR_ID = make_id("005", 1)
INTEGRATION_ID = make_id("005", 2)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who reads or writes: a user, with what they may see."""

    user_id: str
    access: Access = EVERYTHING


@dataclass(frozen=True, slots=True)
class Ring:
    """A record that was created, changed or deleted, and by whom: what outbound messages and change events tell of.

    `fields` are those an update changed; none for all that is known.
    """

    kind: str
    record_id: str
    user_id: str
    change: Literal["CREATE", "UPDATE", "DELETE"] = "UPDATE"
    fields: tuple[str, ...] = ()


def _nobody(call: Call) -> Answer:
    raise RuntimeError(f"nobody serves {call.method} {call.path} yet")


@dataclass(slots=True)
class Org:
    """State, settings and clock. `perform` serves a request inside a request, as composite calls need.

    `rings` collects what the request being served has written.
    """

    settings: OrgSettings
    store: Store
    clock: Clock
    catalog: Catalog = field(init=False)
    cursors: Cursors = field(default_factory=Cursors)
    rings: list[Ring] = field(default_factory=list)
    perform: Callable[[Call], Answer] = field(default=_nobody)
    calls_today: Callable[[], int] = field(default=lambda: 0)
    _access: dict[str, Access] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.catalog = Catalog(self.store)

    def now_ms(self) -> int:
        """Read the clock; Salesforce keeps whole seconds."""
        return int(self.clock()) * 1000

    def new_id(self, kind: SObject) -> str:
        """Give the id of the next record of an object."""
        return make_id(kind.prefix, self.store.next_number(f"record:{kind.prefix}"))

    def last_number(self, prefix: str) -> int:
        """Tell how many ids with a prefix were given."""
        return self.store.last_number(f"record:{prefix}")

    def advance_number(self, prefix: str, number: int) -> None:
        """Note that ids up to a number were given."""
        self.store.advance_number(f"record:{prefix}", number)

    def administrator(self) -> Actor:
        """Give the person who works in Salesforce's own pages and may do everything."""
        return Actor(ADMINISTRATOR_ID)

    def user(self, user_id: str) -> Actor:
        """Give a user with what their permission sets grant."""
        if user_id == ADMINISTRATOR_ID:
            return self.administrator()
        if user_id not in self._access:
            self._access[user_id] = read_access(self.store, self.settings, user_id)
        return Actor(user_id, self._access[user_id])

    def integration(self) -> Actor:
        """Give the user every connected app of the sandbox runs as."""
        return self.user(INTEGRATION_ID)

    def forget(self) -> None:
        """Drop what is cached of permissions and fields."""
        self._access.clear()
        self.catalog.forget()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all of what happens inside, or nothing of it, rings included; may be nested."""
        rung = len(self.rings)
        try:
            with self.store.transaction():
                yield
        except BaseException:
            self.forget()
            del self.rings[rung:]
            raise
