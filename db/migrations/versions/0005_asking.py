"""留言, 退回申请, 不能检测; who wants no reminders; greetings; how all labs of a round did.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_MOMENT = db.types.Moment(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("request") as table:
        table.alter_column("lab_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("round_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("place", sa.String(length=16), nullable=False, server_default="private"))
        table.add_column(sa.Column("place_id", sa.Text(), nullable=False, server_default=""))
        table.create_foreign_key(op.f("fk_request_round_id_round"), "round", ["round_id"], ["id"])
        table.create_index(op.f("ix_request_round_id"), ["round_id"])
    with op.batch_alter_table("request") as table:
        table.alter_column("place", existing_type=sa.String(length=16), server_default=None)
        table.alter_column("place_id", existing_type=sa.Text(), server_default=None)
    op.create_table(
        "reminder_off",
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("platform", "account", name=op.f("pk_reminder_off")),
    )
    op.create_table(
        "greeting",
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("welcomed_at", _MOMENT, nullable=True),
        sa.Column("thanked_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("platform", "group_id", "account", name=op.f("pk_greeting")),
    )
    op.create_index(op.f("ix_greeting_account"), "greeting", ["account"])
    op.create_table(
        "score_distribution",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("analyte", sa.Text(), nullable=False),
        sa.Column("labs", sa.Integer(), nullable=False),
        sa.Column("lower", sa.Float(), nullable=False),
        sa.Column("median", sa.Float(), nullable=False),
        sa.Column("upper", sa.Float(), nullable=False),
        sa.Column("satisfactory", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_score_distribution_round_id_round")),
        sa.PrimaryKeyConstraint("round_id", "analyte", name=op.f("pk_score_distribution")),
    )


def downgrade() -> None:
    op.drop_table("score_distribution")
    op.drop_table("greeting")
    op.drop_table("reminder_off")
    with op.batch_alter_table("request") as table:
        table.drop_index(op.f("ix_request_round_id"))
        table.drop_constraint(op.f("fk_request_round_id_round"), type_="foreignkey")
        table.drop_column("place_id")
        table.drop_column("place")
        table.drop_column("round_id")
        table.alter_column("lab_id", existing_type=sa.Integer(), nullable=False)
