"""Compose a worker in AWS: settings by reference, the queue in SQS, the ledger in DynamoDB, the CRM."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

from connector.bootstrap import (
    Root,
    Rules,
    build_ledger,
    build_qualifier,
    build_queue,
    build_review,
    build_worker,
    load_rules,
)
from connector.bootstrap_shadow import load_candidate, with_shadow
from connector.domain.model import Model
from connector.errors import UsageError
from connector.live.queue import Queue
from connector.live.review import Review
from connector.live.work import Worker
from connector.log import configure_logging
from connector.settings import Settings
from webhooks.parameters import VARIABLE, Parameters

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Composition:
    """Hold what a function works with for as long as its secrets stay the same."""

    worker: Worker
    review: Review
    queue: Queue


@dataclass(slots=True)
class Composer:
    """Compose once per process, and anew when a secret was rotated."""

    root: Root = field(default_factory=Root)
    parameters: Callable[[], Mapping[str, str]] | None = None
    _open: ExitStack = field(default_factory=ExitStack)
    _composed: tuple[Mapping[str, str], Composition] | None = None

    def get(self) -> Composition:
        """Return the composition of the present secrets. Raises SettingsError, CrmError, AwsError."""
        if self.parameters is None:
            configure_logging("INFO")
            self.parameters = Parameters(os.environ.get(VARIABLE, "")).values
        secrets = self.parameters()
        if self._composed is None or self._composed[0] != secrets:
            self._composed = None
            self._open.close()
            os.environ.update(secrets)
            self._composed = (secrets, self._compose())
        return self._composed[1]

    def _compose(self) -> Composition:
        settings = self.root.load_settings()
        rules = load_rules(settings)
        queue = build_queue(settings, clock=self.root.clock)
        crm = self._open.enter_context(self.root.open_crm(settings, rules))
        account = crm.account()
        plain = build_qualifier(settings, rules, crm, build_ledger(settings, account), clock=self.root.clock)
        qualifier = with_shadow(settings, rules, _candidate(settings, rules), account, plain)
        worker = build_worker(settings, account, qualifier)
        return Composition(worker, build_review(settings, rules, account, qualifier, queue), queue)


def _candidate(settings: Settings, rules: Rules) -> Model | None:
    """Read the candidate. One that cannot be used is told and stops nobody: nobody watches a function start."""
    try:
        return load_candidate(settings, rules)
    except UsageError as error:
        problems = "; ".join(f"{one.file}:{one.line}: {one.message}" for one in error.problems) or str(error)
        _log.error("shadow model not used: %s", problems)
        return None
