"""single sign-on"""

import sqlalchemy as sa
from alembic import op

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('spent_tokens',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_spent_tokens'))
    )
    with op.batch_alter_table('spent_tokens', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_spent_tokens_expires_at'), ['expires_at'], unique=False)

    op.create_table('user_identities',
    sa.Column('id', Int, nullable=False),
    sa.Column('user_id', Int, nullable=False),
    sa.Column('issuer', sa.String(length=255), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_user_identities_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_identities')),
    sa.UniqueConstraint('issuer', 'subject', name=op.f('uq_user_identities_issuer_subject')),
    sa.UniqueConstraint('user_id', 'issuer', name=op.f('uq_user_identities_user_id_issuer'))
    )
    op.create_table('provider_sessions',
    sa.Column('session_id', Int, nullable=False),
    sa.Column('identity_id', Int, nullable=False),
    sa.Column('sid', sa.String(length=255), nullable=True),
    sa.Column('id_token', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['identity_id'], ['user_identities.id'], name=op.f('fk_provider_sessions_identity_id_user_identities'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['user_sessions.id'], name=op.f('fk_provider_sessions_session_id_user_sessions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('session_id', name=op.f('pk_provider_sessions'))
    )
    with op.batch_alter_table('provider_sessions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_provider_sessions_identity_id'), ['identity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_provider_sessions_sid'), ['sid'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('provider_sessions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_provider_sessions_sid'))
        batch_op.drop_index(batch_op.f('ix_provider_sessions_identity_id'))

    op.drop_table('provider_sessions')
    op.drop_table('user_identities')
    with op.batch_alter_table('spent_tokens', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_spent_tokens_expires_at'))

    op.drop_table('spent_tokens')
