"""Read the WHERE clause of a SOQL statement."""

from __future__ import annotations

from abc import ABC, abstractmethod

from sandbox.salesforce.soql.lexer import Token, read_tokens
from sandbox.salesforce.soql.nodes import (
    Comparison,
    Condition,
    Constant,
    Junction,
    Membership,
    Negation,
    Path,
    Query,
    SemiJoin,
    SoqlError,
)
from sandbox.salesforce.wire import parse_instant

_COMPARING = ("=", "!=", "<>", "<", ">", "<=", ">=")
_MEMBERS = ("INCLUDES", "EXCLUDES")


class TokenReader:
    """Walk along the words of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = list(read_tokens(text))
        self._next = 0

    def peek(self, ahead: int = 0) -> Token:
        """Look at a word without taking it."""
        return self._tokens[min(self._next + ahead, len(self._tokens) - 1)]

    def take(self) -> Token:
        """Take the next word."""
        token = self.peek()
        self._next += 1
        return token

    def unexpected(self, token: Token) -> SoqlError:
        """Say that a word does not fit."""
        return SoqlError("MALFORMED_QUERY", f"unexpected token: '{token.text}'", token.position)

    def accept_word(self, word: str) -> bool:
        """Take the next word if it is this keyword."""
        if not self.peek().says(word):
            return False
        self.take()
        return True

    def accept_sign(self, sign: str) -> bool:
        """Take the next sign if it is this one."""
        if not self.peek().is_sign(sign):
            return False
        self.take()
        return True

    def expect_word(self, word: str) -> None:
        """Take this keyword or refuse."""
        if not self.accept_word(word):
            raise self.unexpected(self.peek())

    def expect_sign(self, sign: str) -> None:
        """Take this sign or refuse."""
        if not self.accept_sign(sign):
            raise self.unexpected(self.peek())

    def expect_end(self) -> None:
        """Refuse anything that is left."""
        if self.peek().kind != "end":
            raise self.unexpected(self.peek())

    def name(self) -> Token:
        """Take a name."""
        token = self.take()
        if token.kind != "word":
            raise self.unexpected(token)
        return token

    def path(self) -> Path:
        """Take a field with the relationships in front of it."""
        first = self.name()
        parts = [first.text]
        while self.accept_sign("."):
            parts.append(self.name().text)
        return Path(tuple(parts), first.position)


class ConditionReader(TokenReader, ABC):
    """Read conditions: AND and OR may be mixed only with parentheses."""

    @abstractmethod
    def subquery(self) -> Query:
        """Read a query in parentheses; told by whoever can read queries."""

    def condition(self) -> Condition:
        """Read a condition with its ANDs or ORs."""
        first = self._part()
        for operator in ("AND", "OR"):
            if not self.peek().says(operator):
                continue
            parts = [first]
            while self.accept_word(operator):
                parts.append(self._part())
            if self.peek().says("AND", "OR"):
                raise self.unexpected(self.peek())
            return Junction("AND" if operator == "AND" else "OR", tuple(parts))
        return first

    def _part(self) -> Condition:
        if self.accept_word("NOT"):
            return Negation(self._part())
        if self.accept_sign("("):
            found = self.condition()
            self.expect_sign(")")
            return found
        return self._comparison()

    def _comparison(self) -> Condition:
        path = self.path()
        token = self.take()
        if token.is_sign(*_COMPARING):
            return Comparison(path, "!=" if token.text == "<>" else token.text, self._constant())
        if token.says("LIKE"):
            return Comparison(path, "LIKE", self._constant())
        if token.says(*_MEMBERS):
            return Membership(path, token.text.upper(), self._list())
        if token.says("NOT"):
            self.expect_word("IN")
            return self._in(path, negated=True)
        if token.says("IN"):
            return self._in(path, negated=False)
        raise self.unexpected(token)

    def _in(self, path: Path, *, negated: bool) -> Condition:
        if self.peek().is_sign("(") and self.peek(1).says("SELECT"):
            self.take()
            return SemiJoin(path, negated, self.subquery())
        return Membership(path, "NOT IN" if negated else "IN", self._list())

    def _list(self) -> tuple[Constant, ...]:
        self.expect_sign("(")
        found = [self._constant()]
        while self.accept_sign(","):
            found.append(self._constant())
        self.expect_sign(")")
        return tuple(found)

    def _constant(self) -> Constant:
        token = self.take()
        if token.kind == "string":
            return Constant("string", token.text, token.position, token.pattern)
        if token.kind == "number":
            return Constant("number", float(token.text), token.position)
        if token.kind == "date":
            return Constant("date", token.text, token.position)
        if token.kind == "datetime":
            return self._instant(token)
        if token.kind == "word":
            return self._keyword(token)
        if token.is_sign(":"):
            message = "Bind variables only allowed in Apex code"
            raise SoqlError("MALFORMED_QUERY", message, token.position)
        raise self.unexpected(token)

    def _instant(self, token: Token) -> Constant:
        at_ms = parse_instant(token.text)
        if at_ms is None:
            raise self.unexpected(token)
        return Constant("datetime", at_ms, token.position)

    def _keyword(self, token: Token) -> Constant:
        word = token.text.upper()
        if word == "NULL":
            return Constant("null", None, token.position)
        if word in ("TRUE", "FALSE"):
            return Constant("boolean", word == "TRUE", token.position)
        amount = 0
        if self.accept_sign(":"):
            number = self.take()
            if number.kind != "number" or not number.text.isdigit():
                raise self.unexpected(number)
            amount = int(number.text)
        return Constant("range", word, token.position, amount=amount)
