"""Each row of the log says where its stream begins: streams that began together lie together in the index."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """The log is written anew, row by row as it was: the bytes of its records stay what they are."""
    db = op.get_context().opts["db"]
    db.create("""
ALTER TABLE log RENAME TO log_0001;
DROP INDEX log_stream;
CREATE TABLE log (
  position {position} PRIMARY KEY, writer TEXT NOT NULL, topic TEXT NOT NULL,
  stream TEXT NOT NULL, begins BIGINT NOT NULL, version BIGINT NOT NULL, data {blob} NOT NULL
);
INSERT INTO log SELECT l.position, l.writer, l.topic, l.stream, b.begins, l.version, l.data
  FROM log_0001 l JOIN (SELECT stream, MIN(position) AS begins FROM log_0001 GROUP BY stream) b ON b.stream = l.stream
  ORDER BY l.position;
DROP TABLE log_0001;
CREATE UNIQUE INDEX log_stream ON log (begins, version);
""")
