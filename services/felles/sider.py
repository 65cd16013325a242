"""Understands in what order each role works: what its board and its page about a person show first (`[side.*]`)."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from bindeledd.schema.generated.felles import Oppgaveslag
from services.felles.toml_leser import Leser

RADENS_FELT = ("opphold", "frist", "kriseplan", "barn", "koordinator")
"""What a row of the board may say of a person."""
PERSONENS_DELER = ("oppgaver", "kriseplan", "opphold", "gruppe", "plan", "barn", "avvik", "samtykker", "innsyn")
"""The sections of the page about a person. Why one sees it stands last for everybody."""
FORHOLD = (
    *("frist_ute", "utskrivningsklar", "innlagt", "nylig_utskrevet", "ubekreftet", "har_kriseplan"),
    *("kriseplan_mangler", "kriseplan_gammel", "barn_forfalt", "barn_ikke_spurt"),
)
"""What may be the case with a person, that a role looks for first."""
_OPPGAVER = tuple(slag.value for slag in Oppgaveslag)
ELLERS = "ellers"


@dataclass(frozen=True, slots=True)
class Side:
    """One role's order of work. `foerst`: of those who wait equally much, whoever is in the first of these comes first.

    `haster`: whoever is in one of these needs somebody now, besides those with an untaken task or a clock that ran out.
    `oppgaver`: the kinds of task in the order in which they are done. `etter_navn`: the board is a list to look up a
    name in. `tom` says when somebody comes onto the board; a heading that is empty is the usual one.
    """

    tavle: tuple[str, ...] = RADENS_FELT
    person: tuple[str, ...] = PERSONENS_DELER
    foerst: tuple[str, ...] = ()
    haster: tuple[str, ...] = ()
    oppgaver: tuple[str, ...] = ()
    etter_navn: bool = False
    tom: str = ""
    trenger_noen: str = ""
    foelg_med: str = ""
    resten: str = ""


def les_sider(fil: Leser, roller: Container[str]) -> dict[str, Side]:
    """The pages of each role, and of every other under `ellers`. Raises OppsettFeil."""
    ut = {}
    for rolle, rad in fil.tabeller("side"):
        if rolle != ELLERS and rolle not in roller:
            raise fil.feil(f"side.{rolle}", "rollen finnes ikke", "Bruk en av dem i [rolle], eller ellers")
        rad.bare(*Side.__slots__)
        ut[rolle] = Side(
            tavle=_kjente(rad, "tavle", RADENS_FELT),
            person=_alle(_kjente(rad, "person", PERSONENS_DELER), PERSONENS_DELER),
            foerst=_kjente(rad, "foerst", FORHOLD),
            haster=_kjente(rad, "haster", FORHOLD),
            oppgaver=_kjente(rad, "oppgaver", _OPPGAVER),
            etter_navn="etter_navn" in rad.data and rad.ja_nei("etter_navn"),
            tom=rad.tekst("tom", ellers=""),
            trenger_noen=rad.tekst("trenger_noen", ellers=""),
            foelg_med=rad.tekst("foelg_med", ellers=""),
            resten=rad.tekst("resten", ellers=""),
        )
    if ELLERS not in ut:
        raise fil.feil(f"side.{ELLERS}", "mangler", "Skriv hva en rolle uten egen side ser først")
    return ut


def side_for(sider: Mapping[str, Side], rolle: str) -> Side:
    """A role's own order of work, or that of those who have none."""
    return sider.get(rolle, sider[ELLERS])


def _kjente(rad: Leser, nøkkel: str, kjente: Sequence[str]) -> tuple[str, ...]:
    navn = rad.tekster(nøkkel) if nøkkel in rad.data else ()
    for ett in navn:
        if ett not in kjente:
            raise rad.feil(nøkkel, f"{ett!r} finnes ikke", f"Bruk av: {', '.join(kjente)}")
    return navn


def _alle(først: tuple[str, ...], alle: tuple[str, ...]) -> tuple[str, ...]:
    """Nothing is left out because nobody has said where it belongs."""
    return (*først, *(navn for navn in alle if navn not in først))
