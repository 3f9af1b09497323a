"""Give tests of the cloud forms one emulator for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.webhooks.cloud import Cloud, start_cloud
from tests.webhooks.functions import THIS_PLATFORM, THIS_PYTHON
from webhooks.bundle import Artifact, build


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Artifact]:
    """Build for this machine and this Python, so that the artifacts can be executed here."""
    built = build(tmp_path_factory.mktemp("build"), THIS_PYTHON, THIS_PLATFORM)
    return {one.path.stem: one for one in built}


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with start_cloud(tmp_path_factory.mktemp("cloud")) as started:
        yield started
