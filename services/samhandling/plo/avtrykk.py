"""When two messages say the same about the same event, whatever their ids and receivers.

A hospital that writes to two services of one municipality sends the same event twice under two message ids.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from services.samhandling.plo.melding import Melding
from services.samhandling.plo.tid import Tidspunkt

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_SKILLE: Final = "\x1f"


def avtrykk(melding: Melding) -> bytes:
    """Bytes that are equal for messages with the same type, status, sender, patient identities and content.

    Message id, times of sending, references, receivers, white space and how a time is written do not count.
    They hold the patient's data in the clear: keep only a keyed hash (HMAC) of them.
    """
    hode, pasient = melding.hode, melding.pasient
    identer = sorted((i.type, i.id) for i in pasient.identer) if pasient is not None else []
    avsender = hode.avsender.her_id if hode.avsender is not None else ""
    deler: list[str] = [hode.type.verdi, melding.status, avsender, *(del_ for ident in identer for del_ in ident)]
    _legg_til(melding.innhold, deler)
    return _SKILLE.join(deler).encode()


def _legg_til(verdi: object, deler: list[str]) -> None:
    """Adds a value, depth first, with a mark where it ends, so that no two values look alike."""
    match verdi:
        case Tidspunkt():
            øyeblikk = verdi.instant or verdi.dato
            deler.append(f"{øyeblikk.isoformat()} {verdi.anslag:d}")
        case tuple():
            for del_ in verdi:
                _legg_til(del_, deler)
            deler.append(")")
        case None | str() | int() | date():
            deler.append(f"{type(verdi).__name__[0]}{verdi}")
        case _ if is_dataclass(verdi) and not isinstance(verdi, type):
            _legg_til_felter(verdi, deler)
        case _:
            raise TypeError(f"{type(verdi).__name__} has no place in a message")


def _legg_til_felter(verdi: DataclassInstance, deler: list[str]) -> None:
    deler.append(type(verdi).__name__)
    for felt in fields(verdi):
        _legg_til(getattr(verdi, felt.name), deler)
    deler.append(")")
