"""the search index on PostgreSQL; elsewhere it is in files, and there is nothing to make here"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    numbers = sa.Sequence("search_term_ids", data_type=sa.Integer(), maxvalue=(1 << 30) - 1, cycle=True)
    op.execute(sa.schema.CreateSequence(numbers))
    op.create_table('search_generations',
    sa.Column('id', sa.Integer(), sa.Identity(), nullable=False),
    sa.Column('analysis_version', sa.Integer(), nullable=False),
    sa.Column('is_published', sa.Boolean(), nullable=False),
    sa.Column('documents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('body_length', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('exact_length', sa.BigInteger(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_generations'))
    )
    op.create_index('uq_search_generations_published', 'search_generations', ['is_published'], unique=True,
                    postgresql_where=sa.text('is_published'))
    op.create_table('search_terms',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('generation', sa.Integer(), nullable=False),
    sa.Column('term', sa.Text(collation='C'), nullable=False),
    sa.Column('is_word', sa.Boolean(), nullable=False),
    sa.Column('df', sa.Integer(), nullable=False),
    sa.Column('strong_df', sa.Integer(), nullable=False),
    sa.Column('title_df', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_terms')),
    sa.UniqueConstraint('generation', 'term', 'is_word', name=op.f('uq_search_terms_generation_term_is_word'))
    )
    op.create_table('search_documents',
    sa.Column('id', sa.BigInteger(), sa.Identity(), nullable=False),
    sa.Column('grp', sa.BigInteger(), nullable=False),
    sa.Column('board_id', sa.BigInteger(), nullable=False),
    sa.Column('unit_id', sa.BigInteger(), nullable=False),
    sa.Column('author_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('fingerprint', sa.BigInteger(), nullable=False),
    sa.Column('generation', sa.Integer(), nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('helpful', sa.Integer(), nullable=False),
    sa.Column('title_length', sa.Integer(), nullable=False),
    sa.Column('body_length', sa.Integer(), nullable=False),
    sa.Column('exact_length', sa.Integer(), nullable=False),
    sa.Column('year', sa.SmallInteger(), nullable=False),
    sa.Column('kind', sa.SmallInteger(), nullable=False),
    sa.Column('status', sa.SmallInteger(), nullable=False),
    sa.Column('is_head', sa.Boolean(), nullable=False),
    sa.Column('is_solution', sa.Boolean(), nullable=False),
    sa.Column('stems', ARRAY(sa.Integer()), nullable=False),
    sa.Column('stem_counts', ARRAY(sa.SmallInteger()), nullable=False),
    sa.Column('words', ARRAY(sa.Integer()), nullable=False),
    sa.Column('word_counts', ARRAY(sa.SmallInteger()), nullable=False),
    sa.Column('key', sa.Text(collation='C'), nullable=False),
    sa.Column('tag_slugs', ARRAY(sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_documents')),
    sa.UniqueConstraint('generation', 'key', name=op.f('uq_search_documents_generation_key'))
    )
    op.create_index('ix_search_documents_heads', 'search_documents', ['generation', 'grp'], unique=True,
                    postgresql_where=sa.text('is_head'))
    op.create_index('ix_search_documents_at', 'search_documents', ['generation', 'at'])
    op.create_index('ix_search_documents_stems', 'search_documents', ['stems'], postgresql_using='gin',
                    postgresql_with={'fastupdate': 'off'})
    # A row is read for every candidate of a search: its arrays stay in it rather than beside it.
    op.execute("ALTER TABLE search_documents SET (toast_tuple_target = 8160)")
    # Nothing is ever looked for by these; counting their values would make every ANALYZE slow.
    for column in ("stem_counts", "words", "word_counts"):
        op.execute(f"ALTER TABLE search_documents ALTER {column} SET STATISTICS 0")


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    op.drop_table('search_documents')
    op.drop_table('search_terms')
    op.drop_table('search_generations')
    op.execute(sa.schema.DropSequence(sa.Sequence("search_term_ids")))
