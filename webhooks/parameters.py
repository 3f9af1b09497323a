"""Read secrets from SSM Parameter Store by reference: neither the artifact nor a function's settings hold them.

`PUENTE_PARAMETERS` names them: `SETTING=PARAMETER` pairs, separated by blanks.
Source: docs.aws.amazon.com, Systems Manager API reference, GetParameters, read 2026-11 (documented): ten names a call.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Final

from connector.errors import SettingsError
from webhooks.aws import AwsClient, AwsError, region_of_environment

VARIABLE: Final = "PUENTE_PARAMETERS"
FRESH_SECONDS: Final = 300.0
"""A rotated secret is taken up within this time, without a deployment."""
_MOST_PER_CALL: Final = 10
_LOG: Final = logging.getLogger(__name__)


class Parameters:
    """Keep the named parameters for five minutes; when they cannot be renewed, the known ones stay good."""

    def __init__(
        self,
        references: str,
        client: AwsClient | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._setting_of = _parse(references)
        self._client = client
        self._monotonic = monotonic
        self._known: Mapping[str, str] = {}
        self._read_at: float | None = None

    def values(self) -> Mapping[str, str]:
        """Return the settings by name. Raises SettingsError when one does not exist, AwsError when none is known."""
        if self._read_at is None or self._monotonic() - self._read_at >= FRESH_SECONDS:
            self._renew()
        return self._known

    def _renew(self) -> None:
        try:
            self._known = self._fetch()
        except AwsError as error:
            if self._read_at is None:
                raise
            _LOG.warning("parameters: kept the known ones: %s", error.code)
        self._read_at = self._monotonic()

    def _fetch(self) -> Mapping[str, str]:
        names, found = list(self._setting_of), dict[str, str]()
        for start in range(0, len(names), _MOST_PER_CALL):
            asked = {"Names": names[start : start + _MOST_PER_CALL], "WithDecryption": True}
            reply = self._reach().call("GetParameters", asked)
            found |= {self._setting_of[one["Name"]]: str(one["Value"]) for one in reply.get("Parameters") or ()}
        missing = sorted(set(self._setting_of.values()) - set(found))
        if missing:
            raise SettingsError(f"{', '.join(missing)}: no such parameter — create it, or correct {VARIABLE}")
        return found

    def _reach(self) -> AwsClient:
        if self._client is None:
            self._client = AwsClient("ssm", "AmazonSSM", json_version="1.1", region=region_of_environment())
        return self._client


def _parse(references: str) -> Mapping[str, str]:
    pairs = [reference.partition("=") for reference in references.split()]
    if any(not (setting and parameter) for setting, _, parameter in pairs):
        raise SettingsError(f"{VARIABLE}: cannot be read — write SETTING=PARAMETER pairs separated by blanks")
    return {parameter: setting for setting, _, parameter in pairs}
