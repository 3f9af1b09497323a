"""Say what is asked about a CRM account before it is trusted with people: facts, which are judged elsewhere.

Nothing here is ever written to the CRM, and reading rights are enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, TypeAlias

from connector.domain.mapping import AttributeSource, EventSource
from connector.ports import FieldInfo, PersonRef

OwnerState: TypeAlias = Literal["active", "inactive", "unknown"]
FieldProblem: TypeAlias = Literal["missing", "hidden", "read_only", "type", "options"]


@dataclass(frozen=True, slots=True)
class Access:
    """Say what the credential may do: rights (scopes, permissions) in the CRM's own words.

    Without those in `lacking` Puente cannot work; those in `optional` some source or command needs. `told` is False
    when the account does not say what the credential may do.
    """

    account: str
    lacking: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    told: bool = True


@dataclass(frozen=True, slots=True)
class VersionLife:
    """Say how long the API version in use lives. `ends_on` is the first day without support, None when unknown."""

    version: str
    served: bool = True
    ends_on: date | None = None
    newest: str | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """Hold one of the account's limits: `most` of something, `used` of it; `reserve` is left to others."""

    of: Literal["daily_calls", "custom_fields"]
    used: int
    most: int
    reserve: int = 0

    @property
    def left(self) -> int:
        return max(0, self.most - self.used)


@dataclass(frozen=True, slots=True)
class OwnFieldState:
    """Say whether one of our fields will do; `problem` None when it does.

    `hidden` is a field that exists and that our user may not see; `detail` names the type found or the options lacking.
    """

    object_type: str
    name: str
    problem: FieldProblem | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class WriteRule:
    """Name a rule of the administrators that our writes meet. `certain` when it refuses every one of its kind."""

    object_type: str
    name: str
    certain: bool = False


class Health(Protocol):
    """Ask one account how it stands. Every method may raise CrmError; what was refused is worth a line, not an end."""

    def access(self) -> Access:
        """Return what the credential may do. Raises AccessError when it is refused altogether."""

    def version_life(self) -> VersionLife:
        """Return how long the API version of the settings is served."""

    def allowances(self) -> Sequence[Allowance]:
        """Return the limits that our calls and fields count against."""

    def own_fields(self) -> Sequence[OwnFieldState]:
        """Return the state of every field of ours."""

    def write_rules(self) -> Sequence[WriteRule]:
        """Return the administrators' rules that our writes meet."""

    def owners(self, names: Sequence[str]) -> Mapping[str, OwnerState]:
        """Look up owners by the id or e-mail address the model names them by."""

    def sample(self, count: int) -> Sequence[PersonRef]:
        """Return people who changed lately."""

    def fields(self, of: Literal["person", "company"]) -> Mapping[str, FieldInfo]:
        """Return the CRM's own fields by name."""

    def obstacle(self, entry: EventSource | AttributeSource) -> str | None:
        """Say why the account cannot supply an entry of the mapping (`tier`, `scope`, `missing_field` …), or None."""
