"""Serve composite calls: up to 25 requests in one, later ones may refer to earlier answers.

Source: Salesforce REST API guide, "Composite" and "Composite Batch", read 2026-11 (documented); bodies as recorded
(measured by others). The wording of the refusals for too many requests is not documented.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from sandbox.salesforce.call import Answer, Call, Inside, required_list
from sandbox.salesforce.errors import ApiError, refused
from sandbox.salesforce.org import Org

_MOST_REQUESTS = 25
_MOST_QUERIES = 5
_HEAVY = re.compile(r"/services/data/v\d+\.0/(query|queryAll|composite/sobjects)(/|\?|$)")
_ALLOWED = re.compile(r"/services/data/v\d+\.0/(query|queryAll|sobjects|composite/sobjects|limits)(/|\?|$)")
_REFERENCE = re.compile(r"@\{(\w+)((?:\.\w+|\[\d+\])*)\}")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_INHERITED = ("accept", "authorization", "content-type")
_ROLLED_BACK = "The transaction was rolled back since another operation in the same transaction failed."


class _HaltedError(Exception):
    """All of an all-or-none composite is taken back."""

    def __init__(self, results: list[dict[str, Any]]) -> None:
        super().__init__("halted")
        self.results = results


def composite(org: Org, call: Call) -> Answer:
    """POST composite: one API call, whatever is inside; 200 even when everything inside fails."""
    body = call.document()
    requests = _checked(required_list(body, "compositeRequest"))
    all_or_none = body.get("allOrNone") is True
    results: list[dict[str, Any]] = []
    try:
        with org.transaction():
            for request in requests:
                results.append(_serve(org, call, request, results))
            if all_or_none and any(one["httpStatusCode"] >= 400 for one in results):
                raise _HaltedError(results)
    except _HaltedError as halted:
        call.touched.clear()
        results = [one if one["httpStatusCode"] >= 400 else _rolled_back(one) for one in halted.results]
    return Answer(200, {"compositeResponse": results})


def _checked(requests: list[Any]) -> list[Mapping[str, Any]]:
    if not requests or len(requests) > _MOST_REQUESTS:
        message = f"The number of subrequests ({len(requests)}) must be between 1 and the limit of {_MOST_REQUESTS}"
        raise refused(400, "LIMIT_EXCEEDED", message)
    for one in requests:
        if not isinstance(one, Mapping) or not all(isinstance(one.get(k), str) for k in ("method", "url")):
            raise refused(400, "JSON_PARSER_ERROR", "A subrequest needs a method and a url")
        if not re.fullmatch(r"\w+", str(one.get("referenceId", ""))):
            raise refused(400, "INVALID_INPUT", "Provide a referenceId of letters, digits and underscores")
    names = [one["referenceId"] for one in requests]
    if len(set(names)) < len(names):
        raise refused(400, "INVALID_INPUT", "Duplicate referenceId in a composite request")
    if sum(_HEAVY.match(one["url"]) is not None for one in requests) > _MOST_QUERIES:
        message = f"No more than {_MOST_QUERIES} subrequests may be queries or sObject collections"
        raise refused(400, "LIMIT_EXCEEDED", message)
    return requests


def _serve(org: Org, call: Call, request: Mapping[str, Any], earlier: list[dict[str, Any]]) -> dict[str, Any]:
    reference = str(request["referenceId"])
    try:
        sub = _sub_call(org, call, request, {one["referenceId"]: one["body"] for one in earlier}, "composite")
        answer = org.perform(sub)
        call.touched.extend(sub.touched)
    except ApiError as problem:
        answer = Answer(problem.status, problem.body)
    headers = {name: value for name, value in answer.headers.items() if name == "Location"}
    return {
        "body": answer.body,
        "httpHeaders": headers,
        "httpStatusCode": answer.status,
        "referenceId": reference,
    }


def _sub_call(org: Org, call: Call, request: Mapping[str, Any], known: Mapping[str, Any], inside: Inside) -> Call:
    """Make the call of one subrequest, with its references filled in."""
    url = _filled(str(request["url"]), known)
    if not _ALLOWED.match(url):
        raise refused(400, "INVALID_URL", f"'{url}' is not a valid composite subrequest")
    raw_body = _filled(json.dumps(request.get("body")), known) if request.get("body") is not None else ""
    path, _, query_string = url.partition("?")
    return replace(
        call,
        method=str(request["method"]).upper(),
        path=unquote(path),
        query_string=query_string,
        headers=_headers(org, call, request.get("httpHeaders")),
        raw_body=raw_body.encode(),
        params={},
        touched=[],
        inside=inside,
        _query=None,
    )


def _headers(org: Org, call: Call, own: Any) -> dict[str, str]:
    """Give a subrequest's headers: those every one inherits, and its own."""
    inherited = {name: value for name, value in call.headers.items() if name.lower() in _INHERITED}
    if org.settings.composite_headers_propagate:
        inherited = dict(call.headers)
    given = own if isinstance(own, Mapping) else {}
    forbidden = [name for name in given if name.lower() in _INHERITED]
    if forbidden:
        raise refused(400, "INVALID_HTTP_HEADER", f"httpHeaders must not contain {', '.join(forbidden)}")
    return {**inherited, **{str(name): str(value) for name, value in given.items()}}


def _filled(text: str, known: Mapping[str, Any]) -> str:
    """Put earlier answers in the places that refer to them."""

    def fill(found: re.Match[str]) -> str:
        value = known.get(found.group(1))
        for name, index in _STEP.findall(found.group(2)):
            value = _step(value, name, index)
        if value is None or isinstance(value, dict | list):
            path = found.group(2).lstrip(".")
            message = f"Invalid reference specified. No value for {path} found in {found.group(1)}"
            raise refused(400, "PROCESSING_HALTED", message)
        return str(value)

    return _REFERENCE.sub(fill, text)


def _step(value: Any, name: str, index: str) -> Any:
    if index:
        return value[int(index)] if isinstance(value, list) and int(index) < len(value) else None
    if not isinstance(value, Mapping):
        return None
    return next((found for key, found in value.items() if key.lower() == name.lower()), None)


def _rolled_back(result: dict[str, Any]) -> dict[str, Any]:
    body = [{"errorCode": "PROCESSING_HALTED", "message": _ROLLED_BACK}]
    return {**result, "body": body, "httpHeaders": {}, "httpStatusCode": 400}


def batch(org: Org, call: Call) -> Answer:
    """POST composite/batch: independent requests, each of which counts as an API call."""
    body = call.document()
    requests = required_list(body, "batchRequests")
    if not requests or len(requests) > _MOST_REQUESTS:
        raise refused(400, "LIMIT_EXCEEDED", f"A batch has between 1 and {_MOST_REQUESTS} subrequests")
    results: list[dict[str, Any]] = []
    for one in requests:
        if not isinstance(one, Mapping) or not isinstance(one.get("url"), str):
            raise refused(400, "JSON_PARSER_ERROR", "A subrequest needs a method and a url")
        if body.get("haltOnError") is True and any(done["statusCode"] >= 400 for done in results):
            halted = [{"errorCode": "BATCH_PROCESSING_HALTED", "message": "Batch processing halted per request"}]
            results.append({"statusCode": 412, "result": halted})
            continue
        results.append(_batch_result(org, call, one))
    return Answer(200, {"hasErrors": any(one["statusCode"] >= 400 for one in results), "results": results})


def _batch_result(org: Org, call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    url = "/services/data/" + str(request["url"]).removeprefix("/services/data/").lstrip("/")
    whole = {"method": request.get("method", "GET"), "url": url, "body": request.get("richInput")}
    try:
        sub = _sub_call(org, call, whole, {}, "batch")
        answer = org.perform(sub)
        call.touched.extend(sub.touched)
    except ApiError as problem:
        answer = Answer(problem.status, problem.body)
    return {"statusCode": answer.status, "result": answer.body}
