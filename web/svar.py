"""Knows what some tasks are answered with: what the unit found out, rather than only that it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bindeledd.schema.generated.felles import Oppgaveslag

BARN_MAKS = 30
ANTALL_FEIL = f"Skriv hvor mange barn og søsken det gjelder, fra 1 til {BARN_MAKS}."


@dataclass(frozen=True, slots=True)
class Felt:
    """The one thing that an answer asks for: a number of children, or a bydel."""

    navn: str
    ledetekst: str
    slag: Literal["antall", "bydel"]


@dataclass(frozen=True, slots=True)
class Svar:
    """One answer: what its button says, which act it is, and the command it becomes. `{person}` stands for the ref."""

    id: str
    tekst: str
    handling: str
    tjeneste: str
    sti: str
    felt: Felt | None = None
    kropp: Mapping[str, object] = field(default_factory=dict)


_BARN, _KRISEPLAN, _PERSON = "barn_paaroerende", "kriseplan", "samhandling"

BEKREFT = Svar(
    "bekreft", "Ja, personen er en av våre", "koe.avklar", _PERSON, "/personer/{person}/bekreft",
    kropp={"grunn": "bekreftet_av_enheten"},
)  # fmt: skip
"""To "is this one of ours?", which is asked of an unconfirmed person without a task."""

_OM_BARN = (
    Svar("ingen-barn", "Nei, ingen under 18", "barn.kartlegg", _BARN, "/personer/{person}/ingen-barn"),
    Svar(
        "vil-ikke", "Ville ikke svare", "barn.kartlegg", _BARN, "/personer/{person}/avslag",
        kropp={"grunn": "vil_ikke"},
    ),
    Svar(
        "ikke-i-stand", "Var ikke i stand til å svare", "barn.kartlegg", _BARN, "/personer/{person}/avslag",
        kropp={"grunn": "ikke_i_stand"},
    ),
    Svar(
        "har-barn", "Ja, samtalen er holdt", "barn.kartlegg", _BARN, "/personer/{person}/samtale",
        Felt("antall_barn", "Antall barn og søsken under 18", "antall"),
    ),
)  # fmt: skip
"""What came of the question about children, the first time and when it is asked again."""

SVAR: Mapping[Oppgaveslag, tuple[Svar, ...]] = {
    Oppgaveslag.SPOER_OM_BARN: _OM_BARN,
    Oppgaveslag.SPOER_IGJEN_OM_BARN: _OM_BARN,
    Oppgaveslag.LAG_KRISEPLAN: (
        Svar("tilbudt", "Kriseplan er tilbudt", "kriseplan.tilby", _KRISEPLAN, "/personer/{person}/tilby"),
        Svar("takket-nei", "Personen takket nei", "kriseplan.tilby", _KRISEPLAN, "/personer/{person}/takk-nei"),
    ),
    Oppgaveslag.AVKLAR_BYDEL: (
        Svar(
            "bydel", "Lagre bydelen", "koe.avklar", _PERSON, "/personer/{person}/bydel",
            Felt("bydel", "Bydel", "bydel"),
        ),
    ),
}  # fmt: skip


def mulige(slag: Oppgaveslag, kan: Callable[[str], bool]) -> tuple[Svar, ...]:
    """The answers to a task that this user may give."""
    return tuple(svar for svar in SVAR.get(slag, ()) if kan(svar.handling))


def antall_barn(tekst: str) -> int | None:
    """How many children it is about; None for what is no such number, and for none at all."""
    tall = int(tekst) if tekst.isascii() and tekst.isdecimal() and len(tekst) <= len(str(BARN_MAKS)) else 0
    return tall if 1 <= tall <= BARN_MAKS else None


def kropp(svar: Svar, verdi: str, bydeler: Mapping[str, str]) -> dict[str, object] | None:
    """The body of the command; None when what was filled in is not an answer."""
    if svar.felt is None:
        return dict(svar.kropp)
    match svar.felt.slag:
        case "antall":
            tall = antall_barn(verdi)
            return {svar.felt.navn: tall} if tall is not None else None
        case "bydel":
            return {svar.felt.navn: verdi} if verdi in bydeler else None
