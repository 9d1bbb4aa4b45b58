"""what moderators do to posts, threads and people"""

import sqlalchemy as sa
from alembic import op

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

# table, column, the table that it refers to
REFERENCES = (
    ('threads', 'merged_as_id', 'posts'),
    ('threads', 'duplicate_of_id', 'threads'),
    ('posts', 'moved_to_id', 'threads'),
    ('posts', 'edited_by_id', 'users'),
)


def upgrade() -> None:
    # Columns are added one by one, and with their references in the same statement: SQLite would copy the tables otherwise.
    number = 'INTEGER' if op.get_bind().dialect.name == 'sqlite' else 'BIGINT'
    for table, column, other in REFERENCES:
        name = f'fk_{table}_{column}_{other}'
        op.execute(f'ALTER TABLE {table} ADD COLUMN {column} {number} CONSTRAINT {name} REFERENCES {other} (id)')
    for table in ('threads', 'posts'):
        op.add_column(table, sa.Column('withheld', sa.String(length=10), server_default='', nullable=False))
    op.create_index('ix_threads_duplicate_of_id', 'threads', ['duplicate_of_id'], unique=False)
    op.add_column('users', sa.Column('suspended_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('users', sa.Column('suspension_reason', sa.String(length=300), server_default='', nullable=False))
    op.create_table('warnings',
    sa.Column('id', Int, nullable=False),
    sa.Column('user_id', Int, nullable=False),
    sa.Column('by_id', Int, nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_warnings_by_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_warnings_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_warnings'))
    )
    op.create_index('ix_warnings_user', 'warnings', ['user_id', 'acknowledged_at'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_warnings_user', table_name='warnings')
    op.drop_table('warnings')
    op.drop_column('users', 'suspension_reason')
    op.drop_column('users', 'suspended_until')
    op.drop_index('ix_threads_duplicate_of_id', table_name='threads')
    for table in ('threads', 'posts'):
        op.drop_column(table, 'withheld')
    for table, column, _other in REFERENCES:
        op.drop_column(table, column)
