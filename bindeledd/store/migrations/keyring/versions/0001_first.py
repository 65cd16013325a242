"""The layout of the first release: stores had no number then."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Nothing to do: a store has this layout already, or is made in a later one."""
