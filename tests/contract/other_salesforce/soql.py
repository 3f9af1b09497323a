"""Read SOQL, and refuse what Salesforce's grammar refuses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, Literal, NoReturn, TypeAlias

from tests.contract.other_salesforce.replies import refuse

LONGEST_QUERY: Final = 100_000
LONGEST_LITERAL: Final = 4_000
Value: TypeAlias = str | float | bool | datetime | date | None
ValueKind: TypeAlias = Literal["text", "number", "boolean", "null", "date", "datetime", "last_days"]

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^'\\\n\r]|\\.)*')
      | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
      | (?P<date>\d{4}-\d\d-\d\d)
      | (?P<last_days>LAST_N_DAYS:\d+)
      | (?P<number>[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)
      | (?P<name>[A-Za-z]\w*(?:\.[A-Za-z]\w*)*)
      | (?P<sign><=|>=|!=|<>|=|<|>|\(|\)|,)
    )""",
    re.VERBOSE,
)
_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\",
                   "_": "_", "%": "%"}  # fmt: skip
_WORDS: Final = frozenset(("FROM", "WHERE", "ORDER", "LIMIT", "OFFSET", "AND", "OR", "NOT", "GROUP", "SELECT", "LIKE"))


@dataclass(frozen=True)
class Token:
    kind: str
    text: str


@dataclass(frozen=True)
class Operand:
    """Hold one literal with the form it was written in."""

    kind: ValueKind
    value: Value


@dataclass(frozen=True)
class Compare:
    """Hold one comparison; `IN` and `NOT IN` have several operands."""

    path: str
    sign: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True)
class Joined:
    """Hold conditions joined by one word; `NOT` has one part."""

    word: Literal["AND", "OR", "NOT"]
    parts: tuple[Condition, ...]


Condition: TypeAlias = Compare | Joined


@dataclass(frozen=True)
class Query:
    """Hold one query; `source` is an object, in a subquery a relationship."""

    source: str
    paths: tuple[str, ...]
    children: tuple[Query, ...]
    counts: bool
    where: Condition | None
    order: tuple[tuple[str, bool], ...]
    limit: int | None


def malformed(message: str) -> NoReturn:
    raise refuse(400, "MALFORMED_QUERY", message)


def parse(text: str) -> Query:
    if len(text) > LONGEST_QUERY:
        malformed("SOQL statements cannot be longer than 100000 characters")
    parser = _Parser(_tokens(text))
    query = parser.query()
    if parser.peek() is not None:
        malformed(f"unexpected token: {parser.peek()}")
    return query


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            malformed(f"line 1:{place} no viable alternative at character '{text[place : place + 1]}'")
        found.append(Token(match.lastgroup or "", match.group(match.lastgroup or 0)))
        place = match.end()
    return found


class _Parser:
    """Read tokens from the left, one rule of the grammar per method."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0

    def peek(self) -> str | None:
        return self._tokens[self._place].text if self._place < len(self._tokens) else None

    def _next(self) -> Token:
        if self._place >= len(self._tokens):
            malformed("unexpected end of query")
        self._place += 1
        return self._tokens[self._place - 1]

    def _is(self, *words: str) -> bool:
        ahead = [token.text.upper() for token in self._tokens[self._place : self._place + len(words)]]
        return ahead == list(words)

    def _accept(self, *words: str) -> bool:
        found = self._is(*words)
        if found:
            self._place += len(words)
        return found

    def _expect(self, word: str) -> None:
        if not self._accept(word):
            malformed(f"expecting {word}, found {self.peek()}")

    def _name(self) -> str:
        token = self._next()
        if token.kind != "name" or token.text.upper() in _WORDS:
            malformed(f"unexpected token: {token.text}")
        return token.text

    def query(self) -> Query:
        self._expect("SELECT")
        paths, children, counts = self._selected()
        self._expect("FROM")
        source = self._name()
        where = self._either() if self._accept("WHERE") else None
        order = self._order() if self._accept("ORDER", "BY") else ()
        limit = self._whole() if self._accept("LIMIT") else None
        return Query(source, paths, children, counts, where, order, limit)

    def _selected(self) -> tuple[tuple[str, ...], tuple[Query, ...], bool]:
        if self._accept("COUNT", "(", ")"):
            return (), (), True
        paths: list[str] = []
        children: list[Query] = []
        while True:
            if self._accept("("):
                children.append(self.query())
                self._expect(")")
            else:
                paths.append(self._name())
            if not self._accept(","):
                break
        twice = {path for path in paths if [one.lower() for one in paths].count(path.lower()) > 1}
        if twice:
            malformed(f"duplicate field selected: {sorted(twice)[0]}")
        return tuple(paths), tuple(children), False

    def _either(self) -> Condition:
        """Read conditions joined by AND or by OR; a mixture needs brackets."""
        parts = [self._one()]
        words: set[Literal["AND", "OR"]] = set()
        while self._is("AND") or self._is("OR"):
            words.add("AND" if self._next().text.upper() == "AND" else "OR")
            parts.append(self._one())
        if len(words) > 1:
            malformed("unexpected token: OR")
        return Joined(words.pop(), tuple(parts)) if words else parts[0]

    def _one(self) -> Condition:
        if self._accept("NOT"):
            return Joined("NOT", (self._one(),))
        if self._accept("("):
            inner = self._either()
            self._expect(")")
            return inner
        path = self._name()
        if self._accept("IN"):
            return Compare(path, "IN", self._list())
        if self._accept("NOT", "IN"):
            return Compare(path, "NOT IN", self._list())
        if self._accept("LIKE"):
            return Compare(path, "LIKE", (self._operand(),))
        token = self._next()
        if token.kind != "sign" or token.text in "(),":
            malformed(f"unexpected token: {token.text}")
        return Compare(path, "!=" if token.text == "<>" else token.text, (self._operand(),))

    def _list(self) -> tuple[Operand, ...]:
        self._expect("(")
        found = [self._operand()]
        while self._accept(","):
            found.append(self._operand())
        self._expect(")")
        return tuple(found)

    def _operand(self) -> Operand:
        token = self._next()
        match token.kind:
            case "text":
                return Operand("text", unquote(token.text))
            case "number":
                return Operand("number", float(token.text))
            case "date":
                return Operand("date", _day(token.text))
            case "datetime":
                return Operand("datetime", _moment(token.text))
            case "last_days":
                return Operand("last_days", float(token.text.partition(":")[2]))
        word = token.text.lower()
        if word in ("true", "false"):
            return Operand("boolean", word == "true")
        if word != "null":
            malformed(f"unexpected token: {token.text}")
        return Operand("null", None)

    def _order(self) -> tuple[tuple[str, bool], ...]:
        found: list[tuple[str, bool]] = []
        while True:
            path = self._name()
            downward = self._accept("DESC")
            if not downward:
                self._accept("ASC")
            found.append((path, downward))
            if not self._accept(","):
                return tuple(found)

    def _whole(self) -> int:
        token = self._next()
        if not token.text.isdigit():
            malformed(f"unexpected token: {token.text}")
        return int(token.text)


def unquote(token: str) -> str:
    """Return what a quoted literal means; an escape that SOQL does not know is an error."""
    inner = token[1:-1]
    if len(inner) > LONGEST_LITERAL:
        malformed("string literals cannot be longer than 4000 characters")

    def resolve(match: re.Match[str]) -> str:
        code = match.group(1)
        if len(code) == 5:
            return chr(int(code[1:], 16))
        if code not in _ESCAPED:
            malformed(f"Illegal string escape sequence: \\{code}")
        return _ESCAPED[code]

    return _ESCAPE.sub(resolve, inner)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        malformed(f"line 1: unexpected date {text}")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        malformed(f"line 1: unexpected date {text}")
