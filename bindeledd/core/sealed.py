"""Sealed values: what people's data looks like to code that must not open it.

`decide`, `evolve` and `utsnitt` carry these boxes about; only the codec's sealer opens and closes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, eq=False)
class Forseglet(Generic[T_co]):
    """A sealed value as it rests in the log.

    It names its key, and its origin: the event and the field where its content arose. Carried into another
    stream it is sealed again under that stream's key and keeps its origin, so two sealed values are equal when
    they hold the same content, however often they have been resealed.
    """

    key: str
    origin: str
    field: str
    nonce: bytes
    ciphertext: bytes

    @property
    def makulert(self) -> bool:
        """True when the key was gone at the time of carrying: nothing is left to open."""
        return not self.ciphertext

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Forseglet) and self._token() == other._token()

    def __hash__(self) -> int:
        return hash(self._token())

    def __repr__(self) -> str:
        return f"Forseglet({self.origin}/{self.field})"

    def _token(self) -> tuple[str, str, bool]:
        return (self.origin, self.field, self.makulert)


@dataclass(frozen=True, slots=True)
class Klartekst(Generic[T]):
    """Content on its way into an event, not yet sealed. It never prints what it holds."""

    content: T

    def __repr__(self) -> str:
        return f"Klartekst({type(self.content).__name__})"


Sealed = Forseglet[T] | Klartekst[T]
