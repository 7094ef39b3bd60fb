"""The audit log in a chain, suspended bindings, departures, and what waits for a second member of staff.

Revision ID: 0004
Revises: 0003
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MOMENT = db.types.Moment(timezone=True)
_OPEN = sa.text("seq IS NULL")
_BY = sa.text("\"by\" != ''")
_DELIVERY, _REQUEST = (sa.text(f"{body} != '' OR words != ''") for body in ("body", "text"))
_ABOUT = sa.text("account IS NOT NULL")
# By which what is too old, and what is of one account, is found: (name, table, columns, condition).
_KEPT = (
    ("ix_delivery_said", "delivery", ["due_at"], _DELIVERY),
    ("ix_request_said", "request", ["asked_at"], _REQUEST),
    ("ix_request_account", "request", ["account"], None),
    ("ix_request_decided_by", "request", ["decided_by"], None),
    ("ix_audit_log_actor", "audit_log", ["actor"], None),
    ("ix_audit_log_account", "audit_log", ["account"], _ABOUT),
    ("ix_heard_account", "heard", ["account"], None),
    ("ix_group_member_account", "group_member", ["account"], None),
    ("ix_own_word_by", "own_word", ["by"], None),
    ("ix_receipt_by", "receipt", ["by"], _BY),
)


def upgrade() -> None:
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    with op.batch_alter_table("audit_log") as table:
        table.alter_column("actor", existing_type=sa.Text(), nullable=True)
        table.add_column(sa.Column("account", sa.Text(), nullable=True))
        table.add_column(sa.Column("salt", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("seq", sa.Integer(), nullable=True))
        table.add_column(sa.Column("persons", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("hash", sa.String(length=64), nullable=True))
        table.create_unique_constraint(op.f("uq_audit_log_seq"), ["seq"])
        table.create_index("ix_audit_log_open", ["id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    _take_accounts_out()
    op.create_table(
        "suspended_binding",
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("bound_at", _MOMENT, nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("suspended_at", _MOMENT, nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_suspended_binding_lab_id_lab")),
        sa.PrimaryKeyConstraint("platform", "account", "lab_id", name=op.f("pk_suspended_binding")),
    )
    op.create_index("ix_suspended_binding_lab_id", "suspended_binding", ["lab_id"])
    op.create_table(
        "departure",
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("missed_at", _MOMENT, nullable=False),
        sa.Column("left_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("platform", "account", name=op.f("pk_departure")),
    )
    op.create_index("ix_departure_left_at", "departure", ["left_at"])
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=16), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    op.create_index("ix_agreement_state", "agreement", ["state"])
    with op.batch_alter_table("binding") as table:
        table.add_column(sa.Column("used_at", _MOMENT, nullable=True))
    used = sa.table("binding", sa.column("used_at", _MOMENT))  # nobody knows; 180 days begin now
    op.execute(sa.update(used).values(used_at=datetime.now(UTC)))
    with op.batch_alter_table("binding") as table:
        table.alter_column("used_at", existing_type=_MOMENT, nullable=False)
        table.create_index("ix_binding_used_at", ["used_at"])
    with op.batch_alter_table("member_list") as table:
        table.add_column(sa.Column("complete", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("member_list") as table:
        table.alter_column("complete", server_default=None)
    for name, of, columns, where in _KEPT:
        op.create_index(name, of, columns, sqlite_where=where, postgresql_where=where)


def _take_accounts_out() -> None:
    """Of the rows that named one in what is hashed from now on."""
    said = sa.column("detail", sa.JSON())
    log = sa.table("audit_log", *map(sa.column, ("id", "action", "subject", "account")), said)
    named = sa.select(log.c.id, log.c.action, log.c.subject, log.c.detail).where(
        log.c.action.in_(("access.bind", "access.unbind", "access.staff"))
    )
    connection = op.get_bind()
    for ident, action, subject, said in connection.execute(named).all():
        known = dict(said or {})
        account = subject if action == "access.staff" else known.pop("account", None)
        values = {"account": account, "subject": "staff" if action == "access.staff" else subject, "detail": known}
        connection.execute(sa.update(log).where(log.c.id == ident).values(values))


def downgrade() -> None:
    for name, of, _, _ in reversed(_KEPT):
        op.drop_index(name, of)
    with op.batch_alter_table("member_list") as table:
        table.drop_column("complete")
    with op.batch_alter_table("binding") as table:
        table.drop_index("ix_binding_used_at")
        table.drop_column("used_at")
    op.drop_table("agreement")
    op.drop_table("departure")
    op.drop_table("suspended_binding")
    op.execute("UPDATE audit_log SET actor = '' WHERE actor IS NULL")
    with op.batch_alter_table("audit_log") as table:
        table.drop_index("ix_audit_log_open")
        table.drop_constraint("uq_audit_log_seq", type_="unique")
        for name in ("hash", "persons", "seq", "salt", "account"):
            table.drop_column(name)
        table.alter_column("actor", existing_type=sa.Text(), nullable=False)
    op.drop_table("audit_head")
