"""Reading rows of the PostgreSQL index: which, and what of each, as one array.

A search reads some thousands of rows. They come as one value, packed by PostgreSQL and read by numpy as they are, since a Python
object for each number would take longer than all the rest of the search.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    LargeBinary,
    Select,
    SmallInteger,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from forum.search.backends.postgres_tables import documents

heads = documents.alias("heads")

INTEGERS = (
    *("id", "grp", "board_id", "unit_id", "at", "day", "helpful"),
    *("title_length", "body_length", "exact_length", "year", "kind", "status"),
)
FLAGS = ("is_head", "is_solution")
CODES: dict[type[Any], str] = {BigInteger: ">i8", Integer: ">i4", SmallInteger: ">i2"}
SEND: dict[str, Any] = {">i8": func.int8send, ">i4": func.int4send, ">i2": func.int2send}


@dataclass(frozen=True, slots=True)
class Branch:
    """Some of the candidates: those with one term of each set of `each`, at most `limit`, the latest if `latest`."""

    each: tuple[tuple[int, ...], ...]
    limit: int
    latest: bool = False


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What rows must fulfil besides: conditions on the row itself, and on the head of its group."""

    generation: int
    of_document: list[ColumnElement[bool]] = field(default_factory=list)
    of_head: list[ColumnElement[bool]] = field(default_factory=list)

    def conditions(self) -> list[ColumnElement[bool]]:
        of_document = [documents.c.generation == self.generation, *self.of_document]
        if not self.of_head:
            return of_document
        head = and_(heads.c.generation == self.generation, heads.c.grp == documents.c.grp, heads.c.is_head)
        return [*of_document, exists().where(head, *self.of_head)]


def numbers(values: Iterable[int], kind: type[Any] = Integer) -> ColumnElement[Any]:
    """An array as one parameter."""
    return cast(literal(list(values), type_=ARRAY(kind)), ARRAY(kind))


def has_any(of: FromClause, terms: Iterable[int]) -> ColumnElement[bool]:
    """A row of `of` has one of `terms`: the index finds it."""
    return of.c.stems.op("&&", is_comparison=True)(numbers(terms))


def has_all(of: FromClause, terms: Iterable[int]) -> ColumnElement[bool]:
    return of.c.stems.op("@>", is_comparison=True)(numbers(terms))


class Reader:
    """Reads rows with the counts of `stems` and `words` (numbers of terms).

    A row has the columns of `INTEGERS` and `FLAGS`, and `counts`: of the stems, then of the words, in the order given.
    """

    def __init__(self, connection: Connection, stems: Sequence[int], words: Sequence[int]) -> None:
        self._connection = connection
        row = documents.c
        pieces: list[tuple[str, ColumnElement[Any]]] = [(CODES[type(row[name].type)], row[name]) for name in INTEGERS]
        pieces += [(CODES[Integer], cast(row[name], Integer)) for name in FLAGS]
        counts = [_count(row.stems, row.stem_counts, number) for number in stems]
        counts += [_count(row.words, row.word_counts, number) for number in words]
        sent = [SEND[code](piece) for code, piece in pieces] + [func.int2send(count) for count in counts]
        self._packed = _joined(sent).label("packed")
        fields = [(name, code) for name, (code, _piece) in zip((*INTEGERS, *FLAGS), pieces, strict=True)]
        self._type = np.dtype([*fields, ("counts", ">i2", (len(counts),))])

    def candidates(self, branches: Sequence[Branch], narrowing: Narrowing) -> NDArray[Any]:
        """The rows of all branches, each once."""
        chosen = [self._branch(branch, narrowing) for branch in branches]
        found = self._read(union_all(*chosen).subquery() if len(chosen) > 1 else chosen[0].subquery())
        return found if len(chosen) == 1 else found[np.unique(found["id"], return_index=True)[1]]

    def heads_of(self, groups: Collection[int], generation: int) -> NDArray[Any]:
        """The heads of `groups`, as far as they are there."""
        within = documents.c.grp == func.any(numbers(groups, BigInteger))
        return self._read(
            select(self._packed).where(documents.c.generation == generation, documents.c.is_head, within).subquery()
        )

    def _branch(self, branch: Branch, narrowing: Narrowing) -> Select[Any]:
        chosen = select(self._packed).where(*(has_any(documents, terms) for terms in branch.each))
        chosen = chosen.where(*narrowing.conditions()).limit(branch.limit)
        # Each branch is a query of its own, as a parenthesis with a limit must be.
        return select(
            (chosen.order_by(documents.c.at.desc(), documents.c.id.desc()) if branch.latest else chosen)
            .subquery()
            .c.packed
        )

    def _read(self, rows: FromClause) -> NDArray[Any]:
        packed = self._connection.scalar(select(func.string_agg(rows.c.packed, literal(b"", LargeBinary))))
        # As they come the bytes of numbers are the wrong way round for this machine, which makes sorting slow.
        return np.frombuffer(packed or b"", dtype=self._type).astype(self._type.newbyteorder("="))


def _joined(pieces: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """One after the other; by halves, since a chain of hundreds would be too deep to compile."""
    if len(pieces) == 1:
        return pieces[0]
    half = len(pieces) // 2
    return _joined(pieces[:half]).op("||")(_joined(pieces[half:]))


def _count(terms: ColumnElement[Any], counts: ColumnElement[Any], number: int) -> ColumnElement[Any]:
    """How often term `number` occurs: its place is found by halving the sorted `terms`."""
    wanted = literal(number, Integer)
    place = func.width_bucket(wanted, terms, type_=Integer)
    return case((terms[place] == wanted, counts[place]), else_=cast(literal(0), SmallInteger))
