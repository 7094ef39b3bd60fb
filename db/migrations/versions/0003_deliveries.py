"""Deliveries in parts, with doubts and urgency; pushes with a state of their own; who answered 收到; the hold.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("since", db.types.Moment(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("backup_at", db.types.Moment(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_table(
        "heard",
        sa.Column("push_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("at", db.types.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["push_id"], ["push.id"], name=op.f("fk_heard_push_id_push")),
        sa.PrimaryKeyConstraint("push_id", "platform", "account", name=op.f("pk_heard")),
    )
    with op.batch_alter_table("attempt") as table:
        table.add_column(sa.Column("part", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("message_id", sa.String(length=64), nullable=False, server_default=""))
        table.add_column(sa.Column("recalled", sa.Boolean(), nullable=True))
    with op.batch_alter_table("delivery") as table:
        table.add_column(sa.Column("urgency", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("part", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("shown", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("again", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("doubt_at", db.types.Moment(timezone=True), nullable=True))
        table.add_column(sa.Column("recall_at", db.types.Moment(timezone=True), nullable=True))
        table.drop_index("ix_delivery_state_due")
        table.create_index("ix_delivery_claim", ["state", "channel", "urgency", "due_at"])
        table.create_index("ix_delivery_due", ["state", "due_at"])
        table.create_index("ix_delivery_expires", ["state", "expires_at"])
        table.create_index("ix_delivery_target", ["channel", "place", "place_id", "state"])
        table.create_index("ix_delivery_told", ["state", "told"])
        aside = sa.text("state = 'superseded' AND merged_into IS NULL")
        table.create_index("ix_delivery_aside", ["expires_at"], sqlite_where=aside, postgresql_where=aside)
        wanted = sa.text("recall_at IS NOT NULL")
        table.create_index("ix_delivery_recall", ["recall_at"], sqlite_where=wanted, postgresql_where=wanted)
    op.execute("UPDATE delivery SET urgency = 2 WHERE place = 'private'")
    op.execute("UPDATE delivery SET part = 1 WHERE state IN ('delivered', 'observed')")
    with op.batch_alter_table("group_member") as table:
        table.add_column(sa.Column("lab_id", sa.Integer(), nullable=True))
        table.create_index("ix_group_member_lab_id", ["lab_id"])
        table.create_foreign_key(op.f("fk_group_member_lab_id_lab"), "lab", ["lab_id"], ["id"])
    with op.batch_alter_table("member_list") as table:
        table.add_column(sa.Column("matched_of", db.types.Moment(timezone=True), nullable=True))
    with op.batch_alter_table("push") as table:  # until now every push had its deliveries from the beginning
        table.add_column(sa.Column("state", sa.String(length=16), nullable=False, server_default="out"))
        table.add_column(sa.Column("groups", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("targets", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("moved", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_index("ix_push_kind_expires", ["kind", "expires_at"])
        table.create_index("ix_push_state_due", ["state", "due_at"])
    for name, columns in _FILLED.items():
        with op.batch_alter_table(name) as table:
            for column in columns:
                table.alter_column(column, server_default=None)


_FILLED = {
    "attempt": ("part", "message_id"),
    "delivery": ("urgency", "part", "shown", "again", "told"),
    "push": ("state", "groups", "targets", "moved"),
}


def downgrade() -> None:
    with op.batch_alter_table("push") as table:
        table.drop_index("ix_push_state_due")
        table.drop_index("ix_push_kind_expires")
        table.drop_column("moved")
        table.drop_column("targets")
        table.drop_column("groups")
        table.drop_column("state")
    with op.batch_alter_table("member_list") as table:
        table.drop_column("matched_of")
    with op.batch_alter_table("group_member") as table:
        table.drop_constraint("fk_group_member_lab_id_lab", type_="foreignkey")
        table.drop_index("ix_group_member_lab_id")
        table.drop_column("lab_id")
    with op.batch_alter_table("delivery") as table:
        for name in ("recall", "aside", "told", "target", "expires", "due", "claim"):
            table.drop_index(f"ix_delivery_{name}")
        table.create_index("ix_delivery_state_due", ["state", "channel", "due_at"])
        for name in ("recall_at", "doubt_at", "told", "again", "shown", "part", "urgency"):
            table.drop_column(name)
    with op.batch_alter_table("attempt") as table:
        table.drop_column("recalled")
        table.drop_column("message_id")
        table.drop_column("part")
    op.drop_table("heard")
    op.drop_table("hold")
