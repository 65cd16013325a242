"""A keyring knows its master secret, also before it has a key. The proof itself is left by whoever has the secret."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Room for it."""
    op.get_context().opts["db"].create("CREATE TABLE secret_proof (proof {blob} PRIMARY KEY) {clustered};")
