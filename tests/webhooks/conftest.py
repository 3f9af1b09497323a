"""Give tests of the cloud forms one emulator for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.webhooks.cloud import Cloud, start_cloud


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with start_cloud(tmp_path_factory.mktemp("cloud")) as started:
        yield started
