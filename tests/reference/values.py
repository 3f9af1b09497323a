"""Read raw CRM values by their declared type. `None` is UNKNOWN; instants are whole microseconds since 1970 UTC."""

import datetime as dt
import math
import re
import unicodedata
from fractions import Fraction
from typing import Any

MICROSECONDS = 1_000_000
DAY = 86_400 * MICROSECONDS
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
WHOLE = re.compile(r"-?[0-9]+")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def fold(text: str) -> str:
    """Trim, drop case and accents: the one form in which texts are compared."""
    spread = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(char for char in spread if not unicodedata.combining(char)).strip()


def read(kind: str, raw: Any) -> Any:
    """Return the typed value of `raw`, or None when it is absent or unreadable."""
    readers = {
        "text": read_text,
        "number": read_number,
        "boolean": read_boolean,
        "datetime": read_instant,
        "list": read_list,
    }
    return readers[kind](raw)


def read_text(raw: Any) -> str | None:
    if raw is None or isinstance(raw, (bool, list, dict)):
        return None
    return str(raw).strip() or None


def read_number(raw: Any) -> float | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, str):
        if not NUMBER.fullmatch(raw.strip()):
            return None
        raw = float(raw.strip())
    if isinstance(raw, (int, float)) and math.isfinite(raw):
        return raw
    return None


def read_boolean(raw: Any) -> bool | None:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str):
        return {"true": True, "false": False}.get(raw.strip().lower())
    return None


def read_list(raw: Any) -> list[str] | None:
    if isinstance(raw, str):
        raw = raw.split(";")
    if not isinstance(raw, list):
        return None
    return [str(item).strip() for item in raw if str(item).strip()] or None


def read_instant(raw: Any) -> int | None:
    """Read ISO-8601 with a zone, a bare date (00:00 UTC) or epoch milliseconds."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, str):
        return _instant_of_text(raw.strip())
    if isinstance(raw, int):
        return _checked(raw * 1000)
    if isinstance(raw, dt.datetime):
        return microseconds(raw) if raw.tzinfo else None
    if isinstance(raw, dt.date):
        return microseconds(dt.datetime(raw.year, raw.month, raw.day, tzinfo=dt.UTC))
    return None


def _instant_of_text(text: str) -> int | None:
    if WHOLE.fullmatch(text):
        return _checked(int(text) * 1000)
    try:
        if DATE.fullmatch(text):
            return microseconds(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC))
        moment = dt.datetime.fromisoformat(text)
        return microseconds(moment) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _checked(instant: int) -> int | None:
    try:
        moment(instant)
    except OverflowError:
        return None
    return instant


def as_written(number: float) -> Fraction:
    """Return a number of a file as it is written there: 0.7 is seven tenths."""
    return Fraction(str(number))


def microseconds(moment: dt.datetime) -> int:
    return (moment - EPOCH) // dt.timedelta(microseconds=1)


def moment(instant: int) -> dt.datetime:
    return EPOCH + dt.timedelta(microseconds=instant)


def iso(instant: int) -> str:
    return moment(instant).isoformat().replace("+00:00", "Z")


def shown(number: float) -> float:
    """Round half-even on the double to two decimals; minus zero is zero."""
    return round(number, 2) + 0.0
