"""Lets a record about a person get lost on its way to the pages of the tests' small town."""

from __future__ import annotations

from bindeledd.runtime.handle import Received
from bindeledd.store import log
from tests.nettsider import ACT, By, opphold, ref


def parker(by_: By, person_ref: str) -> None:
    """Let a record about a person get lost on its way to `web`, so that the next one waits in quarantine."""
    by_.pumper = False
    fra, web = by_.inne.engines["samhandling"], by_.inne.engines["web"]
    for kopi in (False, True):
        by_.gi("samhandling", ref(990), person_ref, {ACT: opphold(kopi=kopi)})
    rader = fra.read(lambda db: log.read_page(db, 0, 1_000_000))
    siste = [rad for rad in rader if rad.topic == f"samhandling.til.{ACT}"][-1]
    sendt = Received("samhandling", siste.topic, siste.position, siste.data)
    web.receive({"samhandling": (fra.epoch, siste.position)}, [sendt])
