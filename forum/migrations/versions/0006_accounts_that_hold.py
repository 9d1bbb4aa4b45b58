"""accounts that hold"""

import sqlalchemy as sa
from alembic import op

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('second_factors',
    sa.Column('user_id', Int, nullable=False),
    sa.Column('secret', sa.String(length=300), nullable=False),
    sa.Column('salt', sa.String(length=32), nullable=False),
    sa.Column('last_step', Int, nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_second_factors_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_second_factors'))
    )
    op.create_table('recovery_codes',
    sa.Column('id', Int, nullable=False),
    sa.Column('user_id', Int, nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['second_factors.user_id'], name=op.f('fk_recovery_codes_user_id_second_factors'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_codes')),
    sa.UniqueConstraint('user_id', 'code_hash', name=op.f('uq_recovery_codes_user_id_code_hash'))
    )
    with op.batch_alter_table('user_sessions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('browser', sa.String(length=20), server_default='', nullable=False))
        batch_op.add_column(sa.Column('system', sa.String(length=20), server_default='', nullable=False))
        batch_op.add_column(sa.Column('place', sa.String(length=45), server_default='', nullable=False))



def downgrade() -> None:
    with op.batch_alter_table('user_sessions', schema=None) as batch_op:
        batch_op.drop_column('place')
        batch_op.drop_column('system')
        batch_op.drop_column('browser')
        batch_op.drop_column('confirmed_at')

    op.drop_table('recovery_codes')
    op.drop_table('second_factors')
