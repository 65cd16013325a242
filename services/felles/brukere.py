"""Understands who of the users works where: an event names a user by id, and never anybody else."""

from __future__ import annotations

from bindeledd.core.errors import NotAllowed
from services.felles.oppsett import Oppsett


def har_stilling(oppsett: Oppsett, bruker: str, part: str) -> bool:
    """Whether the user has a post, whichever it is, in the party."""
    kjent = oppsett.katalog.users.get(bruker)
    return kjent is not None and any(stilling.party == part for stilling in kjent.posts)


def må_ha_stilling(oppsett: Oppsett, bruker: str, part: str) -> str:
    """The user's id, when the user works in the party. Raises NotAllowed: a task is taken by one who is there."""
    if not har_stilling(oppsett, bruker, part):
        raise NotAllowed("the user in `av` has no post in the party that asks. Use the id of one who has")
    return bruker
