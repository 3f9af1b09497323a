"""Run the SOQL of a query job into CSV lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.salesforce.bulk.csv_form import format_csv, keep, line_of
from sandbox.salesforce.errors import refused
from sandbox.salesforce.org import Actor, Org
from sandbox.salesforce.soql.answer import run
from sandbox.salesforce.soql.nodes import SoqlError
from sandbox.salesforce.soql.parser import parse_query
from sandbox.salesforce.soql.planner import Output, Plan, Planner
from sandbox.salesforce.store import Value

HEADER, LINES = "header", "results"


def check_statement(org: Org, actor: Actor, statement: str) -> str:
    """Give the object a statement is about; refuse what bulk queries do not support."""
    try:
        plan = Planner(org, actor, everything=True).plan(parse_query(statement))
    except SoqlError as problem:
        raise refused(400, problem.code, problem.describe(statement)) from problem
    _outputs(plan)
    return plan.kind.name


def _outputs(plan: Plan) -> list[Output]:
    """Give the plain columns of a plan; refuse groups, children and compound fields."""
    found = [one for one in plan.outputs if isinstance(one, Output)]
    if plan.counts_only or plan.grouped or len(found) < len(plan.outputs):
        message = "Aggregate Relationships and subqueries not supported in Bulk Query"
        raise refused(400, "FUNCTIONALITY_NOT_ENABLED", message)
    if any(one.column.parts for one in found):
        message = "Selecting compound data not supported in Bulk Query"
        raise refused(400, "FUNCTIONALITY_NOT_ENABLED", message)
    return found


def run_query(org: Org, job: dict[str, Any]) -> None:
    """Run a query job; a statement that no longer fits the org fails it."""
    everything = job["operation"] == "queryAll"
    try:
        parsed = parse_query(job["statement"])
        plan = Planner(org, org.user(job["createdById"]), everything=everything).plan(parsed)
    except SoqlError as problem:
        job.update(state="Failed", errorMessage=f"{problem.code}: {problem.describe(job['statement'])}")
        return
    outputs = _outputs(plan)
    keep(org.store, job["id"], HEADER, [line_of([one.column.name for one in outputs], job["columnDelimiter"])])
    lines = (line_of(_values(outputs, row), job["columnDelimiter"]) for row in run(org, plan))
    count = keep(org.store, job["id"], LINES, lines)
    job.update(state="JobComplete", numberRecordsProcessed=count, totalProcessingTime=count // 100)


def _values(outputs: list[Output], row: Sequence[Value]) -> list[str]:
    return [format_csv(one.column.field, row[one.places[0]]) for one in outputs]
