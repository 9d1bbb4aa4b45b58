"""attachments"""

import sqlalchemy as sa
from alembic import op

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('attachments',
    sa.Column('id', Int, nullable=False),
    sa.Column('token', sa.String(length=32), nullable=False),
    sa.Column('uploader_id', Int, nullable=False),
    sa.Column('owner_kind', sa.String(length=20), nullable=True),
    sa.Column('owner_id', Int, nullable=True),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size', Int, nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('width', Int, nullable=True),
    sa.Column('height', Int, nullable=True),
    sa.Column('thumb_sha256', sa.String(length=64), nullable=True),
    sa.Column('thumb_width', Int, nullable=True),
    sa.Column('thumb_height', Int, nullable=True),
    sa.Column('found', sa.String(length=200), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attached_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(owner_kind IS NULL) = (owner_id IS NULL)', name=op.f('ck_attachments_owner')),
    sa.ForeignKeyConstraint(['uploader_id'], ['users.id'], name=op.f('fk_attachments_uploader_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachments')),
    sa.UniqueConstraint('token', name=op.f('uq_attachments_token'))
    )
    with op.batch_alter_table('attachments', schema=None) as batch_op:
        batch_op.create_index('ix_attachments_owner', ['owner_kind', 'owner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachments_sha256'), ['sha256'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachments_thumb_sha256'), ['thumb_sha256'], unique=False)
        batch_op.create_index('ix_attachments_uploader', ['uploader_id', 'created_at'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('attachments', schema=None) as batch_op:
        batch_op.drop_index('ix_attachments_uploader')
        batch_op.drop_index(batch_op.f('ix_attachments_thumb_sha256'))
        batch_op.drop_index(batch_op.f('ix_attachments_sha256'))
        batch_op.drop_index('ix_attachments_owner')

    op.drop_table('attachments')
