"""Which view stream each party has of each aggregate, and what it last said: folded from the view records."""

from __future__ import annotations

from typing import NamedTuple

from bindeledd.store.db import Db

TABLES = """
CREATE TABLE IF NOT EXISTS view_stream (
  aggregate TEXT NOT NULL, party TEXT NOT NULL, stream TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
  digest {blob} NOT NULL, ended INTEGER NOT NULL, PRIMARY KEY (aggregate, party)
);
"""


class ViewStream(NamedTuple):
    """A party's stream of views of one aggregate; `digest` recognises an unchanged view, `ended` a closed one."""

    aggregate: str
    party: str
    stream: str
    kind: str
    digest: bytes
    ended: bool


def of_aggregate(db: Db, aggregate: str) -> dict[str, ViewStream]:
    """Party → its view stream, for one aggregate."""
    sql = "SELECT aggregate, party, stream, kind, digest, ended FROM view_stream WHERE aggregate = ?"
    rows = db.all(sql, (aggregate,))
    return {row[1]: ViewStream(row[0], row[1], row[2], row[3], row[4], bool(row[5])) for row in rows}


def save(db: Db, view: ViewStream) -> None:
    db.run(
        "INSERT INTO view_stream VALUES (?,?,?,?,?,?) ON CONFLICT (aggregate, party) DO UPDATE SET "
        "digest = excluded.digest, ended = excluded.ended, kind = excluded.kind",
        (view.aggregate, view.party, view.stream, view.kind, view.digest, int(view.ended)),
    )
