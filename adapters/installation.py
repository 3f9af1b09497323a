"""Say what is true of our own fields in a CRM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

State: TypeAlias = Literal["exists", "missing", "created", "differs", "skipped"]


@dataclass(frozen=True, slots=True)
class FieldState:
    """Say what is true of one field: `missing` in a plan is `created` after installing."""

    object_type: str
    name: str
    state: State
    detail: str = ""
