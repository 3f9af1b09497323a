"""Fill the keys a model file may leave out."""

from typing import Any

UNSET: Any = object()


def mql_enter(model: dict[str, Any]) -> Any:
    return _mql(model).get("enter", 50)


def mql_exit(model: dict[str, Any]) -> Any:
    return _mql(model).get("exit", 0.75 * mql_enter(model))


def dwell_days(model: dict[str, Any]) -> Any:
    return _mql(model).get("dwell_days", 0)


def sql_enter(model: dict[str, Any]) -> Any:
    """Return the engagement that makes an SQL by itself, or None."""
    return _sql(model).get("enter")


def on_hand_raise(model: dict[str, Any]) -> bool:
    return bool(_sql(model).get("on_hand_raise", True))


def on_accept(model: dict[str, Any]) -> bool:
    return bool(_sql(model).get("on_accept", True))


def reviews_mnql_hand_raise(model: dict[str, Any]) -> bool:
    return bool(_stages(model).get("mnql_hand_raise", "nurture") == "review")


def override_days(model: dict[str, Any]) -> Any:
    return _stages(model).get("override_days", 30)


def cool_off_days(model: dict[str, Any]) -> Any:
    return _stages(model).get("cool_off_days", 30)


def threshold(model: dict[str, Any]) -> Any:
    return model["fit"].get("threshold", 50)


def min_completeness(model: dict[str, Any]) -> Any:
    return model["fit"].get("min_completeness", 0.5)


def floor(model: dict[str, Any]) -> Any:
    return engagement(model).get("floor", 0)


def ceiling(model: dict[str, Any]) -> Any:
    return engagement(model).get("ceiling", 100)


def half_life_days(model: dict[str, Any], signal: dict[str, Any]) -> Any:
    """Return days, or None for no decay: a signal's own key, even null, before the file's default."""
    own = signal.get("half_life_days", UNSET)
    return engagement(model).get("half_life_days", 30) if own is UNSET else own


def valid_days(hand_raise: dict[str, Any]) -> Any:
    return hand_raise.get("valid_days", 30)


def sla_hours(model: dict[str, Any], stage: str) -> Any:
    return _task(model, stage).get("sla_hours", {"mql": 24, "sql": 4}[stage])


def task_kind(model: dict[str, Any], stage: str) -> str:
    return str(_task(model, stage).get("task", {"mql": "review", "sql": "contact"}[stage]))


def engagement(model: dict[str, Any]) -> dict[str, Any]:
    return model.get("engagement") or {}


def signals(model: dict[str, Any]) -> list[dict[str, Any]]:
    return engagement(model).get("signals") or []


def groups(model: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return engagement(model).get("groups") or {}


def hand_raises(model: dict[str, Any]) -> list[dict[str, Any]]:
    return model.get("hand_raises") or []


def _stages(model: dict[str, Any]) -> dict[str, Any]:
    return model.get("stages") or {}


def _mql(model: dict[str, Any]) -> dict[str, Any]:
    return _stages(model).get("mql") or {}


def _sql(model: dict[str, Any]) -> dict[str, Any]:
    return _stages(model).get("sql") or {}


def _task(model: dict[str, Any], stage: str) -> dict[str, Any]:
    return (model.get("handoff") or {}).get(stage) or {}
