"""The tables of the PostgreSQL index: a cache that can be rebuilt, so no model of the application refers to them.

They are made by migration 0003 on PostgreSQL alone; elsewhere there is nothing to make them with (arrays, GIN).

Terms are numbers: those of one generation are never those of another, so the index over terms needs no column beside it to
tell generations apart.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    MetaData,
    Sequence,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from forum.core.db import NAMING

metadata = MetaData(naming_convention=NAMING)

# Numbers of terms, used again after a very long time: those that had them are gone by then.
MOST_TERMS = 1 << 30
term_ids = Sequence("search_term_ids", metadata=metadata, data_type=Integer, maxvalue=MOST_TERMS - 1, cycle=True)

# One row for each generation, with the sums that average lengths come from. Exactly one is published.
generations = Table(
    "search_generations",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("analysis_version", Integer, nullable=False),
    Column("is_published", Boolean, nullable=False),
    Column("documents", BigInteger, nullable=False, server_default="0"),
    Column("body_length", BigInteger, nullable=False, server_default="0"),
    Column("exact_length", BigInteger, nullable=False, server_default="0"),
    Index("uq_search_generations_published", "is_published", unique=True, postgresql_where=text("is_published")),
)

# The vocabulary. `df`: documents that a term occurs in; `strong_df`: those where it occurs strongly; `title_df`: in the title or tags.
terms = Table(
    "search_terms",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("generation", Integer, nullable=False),
    Column("term", Text(collation="C"), nullable=False),
    Column("is_word", Boolean, nullable=False),
    Column("df", Integer, nullable=False),
    Column("strong_df", Integer, nullable=False),
    Column("title_df", Integer, nullable=False),
    UniqueConstraint("generation", "term", "is_word"),
)

# What every candidate is asked for comes first, never empty (0: nobody, nowhere), so that PostgreSQL finds it without walking
# over columns of varying length. `stems`, `words`: sorted numbers of terms; `stem_counts`, `word_counts`: how often, place for
# place; see `postgres_vectors`. `at`: seconds since 1970, to sort by; `day`: days since 1970, in the time of the city.
documents = Table(
    "search_documents",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("grp", BigInteger, nullable=False),
    Column("board_id", BigInteger, nullable=False),
    Column("unit_id", BigInteger, nullable=False),
    Column("author_id", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("fingerprint", BigInteger, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("day", Integer, nullable=False),
    Column("helpful", Integer, nullable=False),
    Column("title_length", Integer, nullable=False),
    Column("body_length", Integer, nullable=False),
    Column("exact_length", Integer, nullable=False),
    Column("year", SmallInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("is_head", Boolean, nullable=False),
    Column("is_solution", Boolean, nullable=False),
    Column("stems", ARRAY(Integer), nullable=False),
    Column("stem_counts", ARRAY(SmallInteger), nullable=False),
    Column("words", ARRAY(Integer), nullable=False),
    Column("word_counts", ARRAY(SmallInteger), nullable=False),
    Column("key", Text(collation="C"), nullable=False),
    Column("tag_slugs", ARRAY(Text), nullable=False),
    UniqueConstraint("generation", "key"),
    Index("ix_search_documents_heads", "generation", "grp", unique=True, postgresql_where=text("is_head")),
    Index("ix_search_documents_at", "generation", "at"),
    Index("ix_search_documents_stems", "stems", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
)
