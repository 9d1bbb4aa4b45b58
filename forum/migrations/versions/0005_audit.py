"""audit: a chain of hashes, and triggers that keep it append-only

Whoever rebuilds one of these tables on SQLite (batch_alter_table) must make its triggers again: they go with the old table.
"""

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

START = "0" * 64
BATCH = 1000
NEVER = "The audit log is append-only."

SQLITE = (
    f"CREATE TRIGGER audit_log_never_changes BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, '{NEVER}'); END",
    f"CREATE TRIGGER audit_log_never_shrinks BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, '{NEVER}'); END",
    # INSERT OR REPLACE removes rows without asking the trigger above.
    "CREATE TRIGGER audit_log_only_grows BEFORE INSERT ON audit_log"
    " WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM audit_log)"
    f" BEGIN SELECT RAISE(ABORT, '{NEVER}'); END",
    "CREATE TRIGGER audit_heads_only_grows BEFORE UPDATE ON audit_heads WHEN NEW.id <> OLD.id OR NEW.length <= OLD.length"
    f" BEGIN SELECT RAISE(ABORT, '{NEVER}'); END",
    f"CREATE TRIGGER audit_heads_never_shrinks BEFORE DELETE ON audit_heads BEGIN SELECT RAISE(ABORT, '{NEVER}'); END",
    "CREATE TRIGGER audit_heads_is_one BEFORE INSERT ON audit_heads WHEN EXISTS (SELECT 1 FROM audit_heads)"
    f" BEGIN SELECT RAISE(ABORT, '{NEVER}'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION refuse_in_audit_log() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{NEVER}' USING ERRCODE = 'restrict_violation'; END $$",
    "CREATE TRIGGER audit_log_never_changes BEFORE UPDATE OR DELETE ON audit_log"
    " FOR EACH ROW EXECUTE FUNCTION refuse_in_audit_log()",
    "CREATE TRIGGER audit_log_never_emptied BEFORE TRUNCATE ON audit_log"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_in_audit_log()",
    "CREATE TRIGGER audit_heads_only_grows BEFORE UPDATE ON audit_heads"
    " FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.length <= OLD.length) EXECUTE FUNCTION refuse_in_audit_log()",
    "CREATE TRIGGER audit_heads_never_shrinks BEFORE DELETE ON audit_heads"
    " FOR EACH ROW EXECUTE FUNCTION refuse_in_audit_log()",
    "CREATE TRIGGER audit_heads_never_emptied BEFORE TRUNCATE ON audit_heads"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_in_audit_log()",
)

log = sa.table(
    "audit_log",
    sa.column("id", Int),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("actor_id", Int),
    sa.column("action", sa.String),
    sa.column("object_kind", sa.String),
    sa.column("object_id", Int),
    sa.column("before", sa.JSON),
    sa.column("after", sa.JSON),
    sa.column("reason", sa.String),
    sa.column("hash", sa.String),
)
heads = sa.table("audit_heads", sa.column("id", Int), sa.column("length", Int), sa.column("hash", sa.String))


def upgrade() -> None:
    op.create_table(
        "audit_heads",
        sa.Column("id", Int, nullable=False),
        sa.Column("length", Int, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_heads")),
    )
    op.add_column("audit_log", sa.Column("hash", sa.String(length=64), nullable=True))
    count, last = _chain_what_is_there()
    op.bulk_insert(heads, [{"id": 1, "length": count, "hash": last}])
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.alter_column("hash", existing_type=sa.String(length=64), nullable=False)
        batch_op.drop_index(batch_op.f("ix_audit_log_actor_id"))
        batch_op.drop_index(batch_op.f("ix_audit_log_at"))
        batch_op.drop_index("ix_audit_log_object")
        batch_op.create_index("ix_audit_log_at", ["at", "id"], unique=False)
        batch_op.create_index("ix_audit_log_actor", ["actor_id", "at", "id"], unique=False)
        batch_op.create_index("ix_audit_log_action", ["action", "at", "id"], unique=False)
        batch_op.create_index("ix_audit_log_object", ["object_kind", "object_id", "at", "id"], unique=False)
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def _chain_what_is_there() -> tuple[int, str]:
    """Number the entries without gaps (nothing refers to them) and give each its hash. How many there are, and the last hash."""
    connection = op.get_bind()
    number, last, after = 0, START, 0
    while True:
        rows = connection.execute(sa.select(log).where(log.c.id > after).order_by(log.c.id).limit(BATCH)).all()
        for row in rows:
            number += 1
            last = _follow(last, number, row)
            connection.execute(sa.update(log).where(log.c.id == row.id).values(id=number, hash=last))
        if len(rows) < BATCH:
            return number, last
        after = rows[-1].id


def _follow(previous: str, number: int, row: sa.Row) -> str:
    """As `forum.audit.chain` does it."""
    at: datetime = row.at if row.at.tzinfo else row.at.replace(tzinfo=UTC)
    content = {
        "id": number,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        **{name: getattr(row, name) for name in ("actor_id", "action", "object_kind", "object_id", "before", "after", "reason")},
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{previous}\n{canonical}".encode("ascii")).hexdigest()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(f"DROP TRIGGER {statement.split()[2]}")
    else:
        op.execute("DROP FUNCTION refuse_in_audit_log() CASCADE")
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_log_object")
        batch_op.drop_index("ix_audit_log_action")
        batch_op.drop_index("ix_audit_log_actor")
        batch_op.drop_index("ix_audit_log_at")
        batch_op.drop_column("hash")
        batch_op.create_index("ix_audit_log_object", ["object_kind", "object_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_log_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_log_actor_id"), ["actor_id"], unique=False)
    op.drop_table("audit_heads")
