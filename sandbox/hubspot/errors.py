"""Say no in HubSpot's words.

Source: developers.hubspot.com, error handling, read 2026-04-13 (documented); the bodies of validation, conflict and
missing-object errors as seen in public issue threads (measured by others).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.refused import RefusedError

SCOPES_LINK = "https://developers.hubspot.com/scopes"


@dataclass(frozen=True, slots=True)
class Problem:
    """One property value that HubSpot refuses."""

    name: str
    code: str
    message: str

    def detail(self) -> dict[str, Any]:
        """Form the entry of `errors`."""
        return {"message": self.message, "code": self.code, "context": {"propertyName": [self.name]}}


class ApiError(RefusedError):
    """An answer that is not a success; `body` lacks the correlation id, which the dispatcher adds."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, dict(body), headers, f"{status} {body.get('message', '')}")


def refusal(status: int, category: str, message: str, **extra: Any) -> ApiError:
    """Build an error with HubSpot's usual fields."""
    return ApiError(status, {"status": "error", "message": message, "category": category, **extra})


def invalid(message: str, **extra: Any) -> ApiError:
    """400: the request breaks a rule."""
    return refusal(400, "VALIDATION_ERROR", message, **extra)


def bad_json(detail: str) -> ApiError:
    """400: the body is not the JSON that was expected."""
    return invalid(f"Invalid input JSON on line 1, column 1: {detail}")


def invalid_values(problems: Sequence[Problem], portal_id: int) -> ApiError:
    """400: property values were refused."""
    return invalid(values_message(problems, portal_id), errors=[problem.detail() for problem in problems])


def values_message(problems: Sequence[Problem], portal_id: int) -> str:
    """Write the message HubSpot gives for refused values: a sentence with JSON inside."""
    listed = [
        {
            "isValid": False,
            "message": problem.message,
            "error": problem.code,
            "name": problem.name,
            "localizedErrorMessage": problem.message,
            "portalId": portal_id,
        }
        for problem in problems
    ]
    return f"Property values were not valid: {json.dumps(listed, ensure_ascii=False)}"


def missing_required(label: str, names: Sequence[str]) -> ApiError:
    """400: a record lacks what its type requires."""
    message = f"Error creating {label}. Some required properties were not set."
    context = {"properties": list(names)}
    return invalid(message, context=context, errors=[{"message": message, "code": "REQUIRED", "context": context}])


def not_found(message: str = "resource not found", **extra: Any) -> ApiError:
    """404: no such thing."""
    return refusal(404, "OBJECT_NOT_FOUND", message, **extra)


def conflict(message: str, status: int = 409, **extra: Any) -> ApiError:
    """409: it is there already."""
    return refusal(status, "CONFLICT", message, **extra)


def unauthenticated(message: str, category: str = "INVALID_AUTHENTICATION", **extra: Any) -> ApiError:
    """401: who are you?"""
    return refusal(401, category, message, **extra)


def missing_scopes(scopes: Sequence[str]) -> ApiError:
    """403: the token was not granted what this call needs."""
    return refusal(
        403,
        "MISSING_SCOPES",
        "This app hasn't been granted all required scopes to make this call. "
        f"Read more about required scopes here: {SCOPES_LINK}.",
        errors=[
            {
                "message": "One or more of the following scopes are required.",
                "context": {"requiredGranularScopes": list(scopes)},
            }
        ],
        links={"scopes": SCOPES_LINK},
    )


def not_in_tier(needed: str) -> ApiError:
    """403: the account's tier lacks the feature."""
    return refusal(403, "FORBIDDEN", f"The account does not have access to this API: it requires the {needed} tier.")


def not_imitated(method: str, path: str) -> ApiError:
    """501: this sandbox does not imitate the endpoint; never said by HubSpot itself."""
    return refusal(501, "NOT_IMITATED", f"The sandbox does not imitate {method} {path}")


def item_error(
    category: str, message: str, context: Mapping[str, list[str]], *, sub_category: str | None = None, **extra: Any
) -> dict[str, Any]:
    """Form one entry of `errors` in a 207 answer."""
    entry: dict[str, Any] = {
        "status": "error",
        "category": category,
        "message": message,
        "context": dict(context),
        "errors": [],
        "links": {},
        **extra,
    }
    if sub_category is not None:
        entry["subCategory"] = sub_category
    return entry
