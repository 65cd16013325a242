"""A flush says where its commit began, so that a restored log is told from an interrupted one; untidiness is a row."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Whether something destroyed still lies in the file was kept elsewhere: it is taken to be so once."""
    op.get_context().opts["db"].create("""
ALTER TABLE flushed ADD COLUMN begun BIGINT NOT NULL DEFAULT 0;
CREATE TABLE untidy (since TEXT PRIMARY KEY) {clustered};
INSERT INTO untidy VALUES ('0002');
""")
