"""Read secrets from SSM Parameter Store by reference: neither the artifact nor a function's settings hold them.

`PUENTE_PARAMETERS` names them: `SETTING=PARAMETER` pairs, separated by blanks.
One call a name: so a right to one parameter is enough, also where an emulator enforces it, and nobody needs many.
Source: docs.aws.amazon.com, Systems Manager API reference, GetParameter, read 2026-11 (documented).
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
_MISSING: Final = "ParameterNotFound"
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
        found = {setting: self._read(parameter) for parameter, setting in self._setting_of.items()}
        missing = sorted(setting for setting, value in found.items() if value is None)
        if missing:
            raise SettingsError(f"{', '.join(missing)}: no such parameter — create it, or correct {VARIABLE}")
        return {setting: value for setting, value in found.items() if value is not None}

    def _read(self, parameter: str) -> str | None:
        try:
            reply = self._reach().call("GetParameter", {"Name": parameter, "WithDecryption": True})
        except AwsError as error:
            if error.code != _MISSING:
                raise
            return None
        return str(reply["Parameter"]["Value"])

    def _reach(self) -> AwsClient:
        if self._client is None:
            self._client = AwsClient("ssm", "AmazonSSM", json_version="1.1", region=region_of_environment())
        return self._client


def _parse(references: str) -> Mapping[str, str]:
    pairs = [reference.partition("=") for reference in references.split()]
    if any(not (setting and parameter) for setting, _, parameter in pairs):
        raise SettingsError(f"{VARIABLE}: cannot be read — write SETTING=PARAMETER pairs separated by blanks")
    return {parameter: setting for setting, _, parameter in pairs}
