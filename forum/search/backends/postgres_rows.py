"""Reading rows of the PostgreSQL index: which, and what of each, as one array.

A search reads some thousands of rows. They come as one value, packed by PostgreSQL and read by numpy as they are, since a Python
object for each number would take longer than all the rest of the search.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    Integer,
    LargeBinary,
    Select,
    SmallInteger,
    and_,
    cast,
    exists,
    func,
    literal,
    select,
    text,
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
VECTORS = ("stems", "stem_counts", "words", "word_counts")
COLUMNS = [documents.c[name] for name in (*INTEGERS, *FLAGS, *VECTORS)]

# How numbers are packed (by which function of PostgreSQL) and read (as which type of numpy).
SIZES: dict[type[Any], str] = {BigInteger: ">i8", Integer: ">i4", SmallInteger: ">i2", Boolean: ">i4"}
SEND = {">i8": "int8send", ">i4": "int4send", ">i2": "int2send"}
CODES = {name: SIZES[type(documents.c[name].type)] for name in (*INTEGERS, *FLAGS)}
ROW = "found"


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
        wanted = {_parameter(place): number for place, number in enumerate((*stems, *words))}
        self._packed = text(_packing(len(stems), len(words))).bindparams(**wanted)
        self._type = np.dtype([*CODES.items(), ("counts", ">i2", (len(wanted),))])

    def candidates(self, branches: Sequence[Branch], narrowing: Narrowing) -> NDArray[Any]:
        """The rows of all branches, each once."""
        chosen = [self._branch(branch, narrowing) for branch in branches]
        found = self._read(union_all(*chosen) if len(chosen) > 1 else chosen[0])
        return found if len(chosen) == 1 else found[np.unique(found["id"], return_index=True)[1]]

    def heads_of(self, groups: Collection[int], generation: int) -> NDArray[Any]:
        """The heads of `groups`, as far as they are there."""
        within = documents.c.grp == func.any(numbers(groups, BigInteger))
        return self._read(select(*COLUMNS).where(documents.c.generation == generation, documents.c.is_head, within))

    def _branch(self, branch: Branch, narrowing: Narrowing) -> Select[Any]:
        chosen = select(*COLUMNS).where(*(has_any(documents, terms) for terms in branch.each))
        chosen = chosen.where(*narrowing.conditions()).limit(branch.limit)
        if branch.latest:
            chosen = chosen.order_by(documents.c.at.desc(), documents.c.id.desc())
        # A query of its own, as each part of a union with a limit must be.
        return select(chosen.subquery())

    def _read(self, rows: Select[Any] | CompoundSelect[Any]) -> NDArray[Any]:
        joined = func.string_agg(self._packed, literal(b"", LargeBinary))
        packed = self._connection.scalar(select(joined).select_from(rows.subquery(ROW)))
        # As they come the bytes of numbers are the wrong way round for this machine, which makes sorting slow.
        return np.frombuffer(packed or b"", dtype=self._type).astype(self._type.newbyteorder("="))


@lru_cache(maxsize=100)
def _packing(stems: int, words: int) -> str:
    """The expression that packs one row. As text: made of some hundred expressions it would take longer to put together than to run."""
    pieces = [f"{SEND[code]}({_column(name)})" for name, code in CODES.items()]
    pieces += [_count("stems", "stem_counts", place) for place in range(stems)]
    pieces += [_count("words", "word_counts", stems + place) for place in range(words)]
    return " || ".join(pieces)


def _column(name: str) -> str:
    return f"CAST({ROW}.{name} AS integer)" if name in FLAGS else f"{ROW}.{name}"


def _count(terms: str, counts: str, place: int) -> str:
    """How often a term occurs: where it would be is found by halving the sorted numbers of `terms`."""
    wanted = f"CAST(:{_parameter(place)} AS integer)"
    at = f"width_bucket({wanted}, {ROW}.{terms})"
    return f"int2send(CASE WHEN {ROW}.{terms}[{at}] = {wanted} THEN {ROW}.{counts}[{at}] ELSE CAST(0 AS smallint) END)"


def _parameter(place: int) -> str:
    return f"term_{place}"
