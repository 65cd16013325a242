"""What must outlive the master secret that it was derived from."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Room for it: there is nothing to keep before the keys are wrapped anew."""
    op.get_context().opts["db"].create(
        "CREATE TABLE lasting_secret (purpose TEXT PRIMARY KEY, wrapped {blob} NOT NULL) {clustered};"
    )
