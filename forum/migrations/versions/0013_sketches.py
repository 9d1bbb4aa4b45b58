"""sketches"""

import sqlalchemy as sa
from alembic import op

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = '0013'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'guide_sketches',
        sa.Column('user_id', Int, nullable=False),
        sa.Column('place', sa.String(length=40), nullable=False),
        sa.Column('fields', sa.JSON(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_guide_sketches_user_id_users'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('user_id', 'place', name=op.f('pk_guide_sketches')),
    )


def downgrade() -> None:
    op.drop_table('guide_sketches')
