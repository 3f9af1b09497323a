"""Hold both adapters to what a run needs that goes on where another one was cut off."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.contract.hubspot_world import portal
from tests.contract.salesforce_world import org

PEOPLE = 12


@pytest.mark.parametrize(("serve", "options"), [(portal, {}), (org, {}), (org, {"bulk_threshold": 3})])
def test_who_was_read_before_is_left_out(
    serve: Callable[[int], AbstractContextManager[Any]], options: dict[str, int]
) -> None:
    with serve(PEOPLE) as world:
        crm = world.crm(**options)
        everybody = {record.ref for record in world.records(crm)}
        assert set(crm.everybody()) == everybody
        before = set(sorted(everybody)[:5])
        waves = list(crm.fetch_all(now=world.time.now(), skip=before))
        assert {record.ref for wave in waves for record in wave.records} == everybody - before
        assert not any(wave.gone or wave.failed for wave in waves)
        assert list(crm.fetch_all(now=world.time.now(), skip=everybody)) == []
