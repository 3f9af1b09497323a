"""Build the tree of a SOQL statement, or say at which word it stops making sense.

Source: Salesforce SOQL guide, "SOQL SELECT Syntax", read 2026-11 (documented). Left out on purpose: TYPEOF, HAVING,
USING SCOPE, WITH, FOR VIEW and FOR REFERENCE; ALL ROWS belongs to Apex, the REST way is queryAll.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sandbox.salesforce.soql.conditions import ConditionReader
from sandbox.salesforce.soql.lexer import Token
from sandbox.salesforce.soql.nodes import Aggregate, AllFields, Named, Order, Path, Query, SoqlError

_FUNCTIONS = ("COUNT", "COUNT_DISTINCT", "MAX", "MIN", "SUM", "AVG")
_CLAUSES = ("WHERE", "GROUP", "ORDER", "LIMIT", "OFFSET", "ALL", "FOR", "USING", "WITH", "HAVING")
_UNSUPPORTED = ("USING", "WITH", "HAVING")
_MOST_LETTERS = 100_000
_MOST_OFFSET = 2000
_T = TypeVar("_T")


def parse_query(text: str) -> Query:
    """Parse one statement; raise SoqlError at the first word that does not fit."""
    if len(text) > _MOST_LETTERS:
        raise SoqlError("MALFORMED_QUERY", "SOQL statements cannot be longer than 100000 characters.")
    return _Parser(text).statement()


class _Parser(ConditionReader):
    """Reads clause after clause; conditions are read by the class it builds on."""

    def statement(self) -> Query:
        """Read the one statement of the text."""
        query = self.query()
        if self.peek().says("ALL"):
            raise SoqlError("MALFORMED_QUERY", "ALL ROWS not allowed in this context", self.peek().position)
        self.expect_end()
        return query

    def query(self) -> Query:
        """Read SELECT … and all clauses after it."""
        self.expect_word("SELECT")
        select = self._several(self._item)
        self.expect_word("FROM")
        source = self.name()
        alias = self.name().text if self.peek().kind == "word" and not self.peek().says(*_CLAUSES) else None
        where = self._after("WHERE", self.condition)
        self._refuse_unsupported()
        group = self._after_pair("GROUP", self._group) or ()
        self._refuse_unsupported()
        order = self._after_pair("ORDER", lambda: self._several(self._order)) or ()
        limit = self._after("LIMIT", self._whole_number)
        offset = self._after("OFFSET", self._whole_number) or 0
        if offset > _MOST_OFFSET:
            raise SoqlError("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {_MOST_OFFSET}")
        self._refuse_unsupported()
        return Query(self.text, select, source.text, source.position, alias, where, group, order, limit, offset)

    def subquery(self) -> Query:
        """Read a query in parentheses, the first of which is read already."""
        found = self.query()
        self.expect_sign(")")
        return found

    def _refuse_unsupported(self) -> None:
        if self.peek().says(*_UNSUPPORTED, "FOR"):
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{self.peek().text}'", self.peek().position)

    def _several(self, read: Callable[[], _T]) -> tuple[_T, ...]:
        found = [read()]
        while self.accept_sign(","):
            found.append(read())
        return tuple(found)

    def _after(self, word: str, read: Callable[[], _T]) -> _T | None:
        return read() if self.accept_word(word) else None

    def _after_pair(self, word: str, read: Callable[[], _T]) -> _T | None:
        if not self.accept_word(word):
            return None
        self.expect_word("BY")
        return read()

    def _item(self) -> Path | Aggregate | AllFields | Named | Query:
        if self.peek().is_sign("("):
            self.take()
            return self.subquery()
        token = self.peek()
        if token.says("FROM"):
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{token.text}'", token.position)
        if self.peek(1).is_sign("("):
            return self._call()
        path = self.path()
        if self.peek().kind == "word" and not self.peek().says("FROM"):
            return Named(path, self.name().text)
        return path

    def _call(self) -> Aggregate | AllFields:
        token = self.take()
        name = token.text.upper()
        self.expect_sign("(")
        if name == "FIELDS":
            group = self.name().text.upper()
            self.expect_sign(")")
            return AllFields(group, token.position)
        if name not in _FUNCTIONS:
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{token.text}'", token.position)
        path = None if self.peek().is_sign(")") else self.path()
        self.expect_sign(")")
        alias = self.name().text if self.peek().kind == "word" and not self.peek().says("FROM", "ASC", "DESC") else None
        if path is None and name != "COUNT":
            raise SoqlError("MALFORMED_QUERY", "unexpected token: ')'", token.position)
        return Aggregate(name, path, alias, token.position)

    def _group(self) -> tuple[Path, ...]:
        return self._several(self.path)

    def _order(self) -> Order:
        key = self._call() if self.peek(1).is_sign("(") else self.path()
        if isinstance(key, AllFields):
            raise SoqlError("MALFORMED_QUERY", "unexpected token: 'FIELDS'", key.position)
        descending = self.accept_word("DESC")
        if not descending:
            self.accept_word("ASC")
        nulls_last = False
        if self.accept_word("NULLS"):
            nulls_last = self.accept_word("LAST")
            if not nulls_last:
                self.expect_word("FIRST")
        return Order(key, descending, nulls_last)

    def _whole_number(self) -> int:
        token: Token = self.take()
        if token.kind != "number" or not token.text.isdigit():
            raise self.unexpected(token)
        return int(token.text)
