"""What templates show: words, tags and moments, made from views. Names and health content are opened here, last."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from textwrap import shorten
from typing import Any

from bindeledd.core.errors import Shredded
from bindeledd.schema.generated.ansvarsgruppe import Moetetilstand, MoeteUtsnitt, SamtykkeVist, TiltakUtsnitt
from bindeledd.schema.generated.barn_paaroerende import (
    BarnesakUtsnitt,
    Barnet,
    Kartleggingstilstand,
    KartleggingUtsnitt,
)
from bindeledd.schema.generated.felles import Deling, FristTilstand, Oppgaveslag, Oppgavetilstand, Tekst
from bindeledd.schema.generated.kriseplan import Kriseplantilstand, KriseplanUtsnitt
from bindeledd.schema.generated.samhandling import AvvikUtsnitt, FristVist, OppholdUtsnitt, Personalia, PersonUtsnitt
from services.felles.oppgaver import BESVARES
from services.felles.oppsett import FORESATT
from services.felles.sider import Side
from services.felles.tid import lokal_dag
from services.felles.tilgang import Aldre
from web import ord as sagt
from web import tid
from web.bilde import NYLIG, Arbeid, Bilde
from web.gitt import Gitt
from web.ord import Farge
from web.svar import Svar, mulige

STEG: Mapping[Oppgaveslag, tuple[str, str, str]] = {
    Oppgaveslag.LAG_KRISEPLAN: ("kriseplan.skriv", "Skriv kriseplanen", "kriseplan"),
    Oppgaveslag.VURDER_KRISEPLAN: ("kriseplan.skriv", "Gå gjennom kriseplanen", "kriseplan"),
    Oppgaveslag.SNAKK_MED_FORELDER: ("barn.kartlegg", "Skriv ned samtalen", "barn"),
    Oppgaveslag.HENVIS_BARN: ("barn.registrer", "Registrer barna", "barn"),
    Oppgaveslag.LES_BRUKT_KRISEPLAN: ("kriseplan.bruk", "Les hva som skjedde", "kriseplan/brukt"),
    Oppgaveslag.DEL_KRISEPLAN: ("samtykke.gi", "Registrer samtykket", "samtykker/nytt"),
    Oppgaveslag.KALL_INN_ANSVARSGRUPPE: ("gruppe.moete", "Kall inn", "gruppe/innkalling"),
    Oppgaveslag.SVAR_PAA_INVITASJON: ("gruppe.svar", "Svar", "gruppe"),
    Oppgaveslag.SVAR_PAA_INNKALLING: ("gruppe.svar", "Svar", "gruppe"),
    Oppgaveslag.SKRIV_REFERAT: ("gruppe.moete", "Skriv referat", "gruppe"),
    Oppgaveslag.FOELG_OPP_TILTAK: ("oppgave.loes", "Se tiltaket", "plan"),
    Oppgaveslag.VURDER_KOORDINERING: ("plan.koordinator", "Oppnevn koordinator", "koordinator"),
    Oppgaveslag.VURDER_PLAN: ("plan.skriv", "Gå gjennom planen", "plan/gjennomgang"),
}
"""Where some tasks are done: (the act it takes, words, the end of the address)."""

Åpner = Callable[[Any], Any]
"""Opens a sealed value: its content, Shredded when the key is gone, None when there was none."""

SLETTET = "Opplysningene er slettet"
IKKE_DELT = "Navnet er ikke delt med dere"
INGEN_AVTALE = "Ingen avtale om oppfølging er kjent her"
OM_MAKS = 120
"""How much of a measure's text a task repeats; all of it stands on the page of the plan."""


@dataclass(frozen=True, slots=True)
class Merke:
    """A short state in words, with a colour that repeats them."""

    tekst: str
    farge: Farge


@dataclass(frozen=True, slots=True)
class Tid:
    """A moment as people say it, and as machines read it."""

    tekst: str
    maskin: str


@dataclass(frozen=True, slots=True)
class Frist:
    """A clock: where it stands in words, and when it runs out."""

    merke: Merke
    forfall: Tid | None
    """None when it was met: then nobody needs to know when it would have run out."""
    paragraf: str


@dataclass(frozen=True, slots=True)
class Oppgave:
    """A task as a page shows it. `kan_ta` and `kan_løse`: what this user may do with it now."""

    ref: str
    versjon: int
    """Of the view that shows it."""
    tekst: str
    om: str
    """What the measure is, or which meeting: in short, as the board has room for."""
    frist: Tid | None
    over_fristen: bool
    tatt_av: str
    kan_ta: bool
    kan_løse: bool
    paragraf: str
    svar: tuple[Svar, ...]
    """What it can be answered with, where that says more than that it is done."""
    steg: tuple[str, str] | None
    """What this user can do about it on another page: (words, its address)."""


LEVENDES = frozenset(
    {
        "samtykke.gi", "sperring.opphev", "plan.koordinator", "plan.behov", "talsperson.skriv",
        "plan.tilby", "gruppe.opprett", "gruppe.inviter",
        "gruppe.representant", "kriseplan.skriv", "kriseplan.tilby",
    }
)  # fmt: skip
"""Acts that no page offers after a death that the unit knows of. The service refuses them, to everybody."""
BARNETS_EGNE = frozenset({"samtykke.gi", "samtykke.trekk", "sperring.registrer", "sperring.opphev"})
"""Acts that whoever has parental responsibility is not offered for one who answers for themself (pbrl §4-3)."""


@dataclass(frozen=True, slots=True)
class Hvem:
    """Everything that turns ids into names, and knows the time and what may be done: the same for a whole page."""

    nå: datetime
    åpne: Åpner
    brukere: Mapping[str, str]
    part: Callable[[str], str]
    bydeler: Mapping[str, str]
    deler: Mapping[str, str]
    bruker: str
    ser: Callable[[str], bool]
    kan: Callable[[str], bool]
    aldre: Aldre
    """By which a page offers one thing or another. The service decides."""
    side: Side = field(default_factory=Side)
    """In what order the user's role works."""
    egen_part: str = ""
    """The unit that they work in."""
    meldeplikt: bool = False
    """Whether serious incidents are reported from here (LOV-2025-06-20-74)."""

    def om(self, bilde: Bilde) -> Hvem:
        """The same user, about this person: of somebody who is dead there is nothing new to agree or to open, and for
        one who answers for themself no parent does."""
        alderen = alder(bilde, self) if self.egen_part == FORESATT else None
        stengt = (LEVENDES if bilde.død else frozenset()) | (
            BARNETS_EGNE if alderen is not None and alderen >= self.aldre.myndig else frozenset()
        )
        return replace(self, kan=lambda handling: handling not in stengt and self.kan(handling)) if stengt else self

    def arbeid(self, bilde: Bilde) -> list[Arbeid]:
        """The open tasks about a person: what is late, what nobody has taken, then in the role's own order."""
        rekke = {slag: nr for nr, slag in enumerate(self.side.oppgaver)}
        return sorted(
            bilde.arbeid,
            key=lambda a: (
                not a.over_fristen(self.nå), a.oppgave.tilstand is Oppgavetilstand.TATT,
                rekke.get(a.oppgave.slag.value, len(rekke)),
            ),
        )  # fmt: skip

    def tid(self, moment: datetime, *, bare_dato: bool = False) -> Tid:
        maskin = tid.maskin(lokal_dag(moment) if bare_dato else moment)
        return Tid(tid.når(moment, self.nå, bare_dato=bare_dato), maskin)

    def dag(self, dato: date) -> Tid:
        return Tid(tid.dag(dato, self.nå), tid.maskin(dato))


def navn(personalia: Any) -> str:
    """`Kari Nordmann`; what to say instead when the name is not given, or its key is gone."""
    match personalia:
        case Personalia(fornavn=fornavn, mellomnavn=mellomnavn, etternavn=etternavn):
            return " ".join(del_ for del_ in (fornavn, mellomnavn, etternavn) if del_) or IKKE_DELT
        case Barnet(fornavn=fornavn, etternavn=etternavn):
            return f"{fornavn} {etternavn}".strip() or IKKE_DELT
        case Shredded():
            return SLETTET
        case _:
            return IKKE_DELT


def må_bekreftes(person: PersonUtsnitt | None) -> bool:
    """Whether the unit must say if the patient is one of ours: not who was told of them for a doubt alone."""
    return person is not None and not person.bekreftet and not person.bare_tvil


def personalia(bilde: Bilde, hvem: Hvem) -> Any:
    """Who it is: as the register says, or as the case of a child does."""
    utsnitt, sak = bilde.ett(PersonUtsnitt), bilde.ett(BarnesakUtsnitt)
    if utsnitt is not None:
        return hvem.åpne(utsnitt.personalia)
    return hvem.åpne(sak.barnet) if sak is not None else None


def alder(bilde: Bilde, hvem: Hvem) -> int | None:
    """How many years old the person is; None where that is not known. Opens a sealed value."""
    født: date | None = getattr(personalia(bilde, hvem), "foedt", None)
    idag = lokal_dag(hvem.nå)
    return idag.year - født.year - ((idag.month, idag.day) < (født.month, født.day)) if født is not None else None


def barn_som_høres(bilde: Bilde, hvem: Hvem) -> bool:
    """Whether somebody else consents for the person, who is old enough to be heard first (pbrl §4-4)."""
    alderen = alder(bilde, hvem)
    return alderen is not None and hvem.aldre.høres <= alderen < hvem.aldre.myndig


def dato(dag: date) -> str:
    return tid.dato(dag)


def frist(vist: FristVist, hvem: Hvem) -> Frist:
    """The early-notice clock in words (forskrift 2011-11-18-1115 §8)."""
    holdt = vist.tilstand is FristTilstand.HOLDT
    return Frist(_fristmerke(vist, hvem.nå), None if holdt else hvem.tid(vist.forfall), vist.paragraf)


def _fristmerke(vist: FristVist, nå: datetime) -> Merke:
    match vist.tilstand:
        case FristTilstand.HOLDT:
            return Merke("Tidligmelding kom i tide", "success")
        case FristTilstand.OVERSKREDET:
            return Merke("Tidligmelding kom ikke i tide", "danger")
        case FristTilstand.BORTFALT:
            return Merke("Fristen gjelder ikke lenger", "neutral")
        case FristTilstand.UKJENT:
            return Merke("Ukjent frist", "neutral")
        case FristTilstand.AAPEN:
            igjen = vist.forfall - nå
            if igjen.total_seconds() <= 0:
                return Merke("Tidligmelding mangler, fristen er ute", "danger")
            return Merke(f"Venter på tidligmelding: {tid.varighet(igjen)} igjen", "warning")


def oppholdsmerke(opphold: OppholdUtsnitt) -> Merke:
    return Merke(*sagt.STATUS[opphold.status])


def oppholdstid(opphold: OppholdUtsnitt, hvem: Hvem) -> Tid | None:
    """When what the stay's state says came about."""
    if opphold.utskrevet is not None:
        return hvem.tid(opphold.utskrevet, bare_dato=opphold.utskrevet_bare_dato)
    if opphold.utskrivningsklar is not None:
        return hvem.dag(opphold.utskrivningsklar)
    return hvem.tid(opphold.innlagt) if opphold.innlagt is not None else None


def oppfølging(bilde: Bilde, opphold: OppholdUtsnitt, hvem: Hvem) -> tuple[str, Tid | None] | None:
    """What follows a stay that ended lately: the next meeting, or that this unit has been told of none. None where
    nobody asks: a stay that goes on or is long past, a death, a role that is not told how the stay went."""
    slutt = opphold.utskrevet
    if slutt is None or hvem.nå - slutt > NYLIG or bilde.død or not hvem.ser("opphold.status"):
        return None
    innkalt = (g.utsnitt for g in bilde.alle(MoeteUtsnitt) if g.utsnitt.tilstand is Moetetilstand.INNKALT)
    neste = min((møte.tid for møte in innkalt if møte.tid > slutt), default=None)
    return ("Ansvarsgruppemøte", hvem.tid(neste)) if neste is not None else (INGEN_AVTALE, None)


def kriseplanmerke(utsnitt: KriseplanUtsnitt | None) -> Merke | None:
    """Whether there is a crisis plan: none, not shared with us, or where it stands. None: nothing has been said."""
    if utsnitt is None:
        return None
    match utsnitt.finnes:
        case Deling.FINNES_IKKE:
            if utsnitt.tilstand in (Kriseplantilstand.TILBUDT, Kriseplantilstand.TAKKET_NEI):
                return Merke(*sagt.KRISEPLAN[utsnitt.tilstand])
            return Merke("Mangler", "danger")
        case Deling.IKKE_DELT | Deling.UKJENT:
            return Merke("Ikke delt med dere", "neutral")
        case Deling.DELT:
            return Merke(*sagt.KRISEPLAN[utsnitt.tilstand])


def gjelder(samtykke: SamtykkeVist, nå: datetime) -> bool:
    """Whether a consent is in force."""
    return samtykke.trukket is None and (samtykke.gjelder_til is None or nå < samtykke.gjelder_til)


def kan_skrives(utsnitt: KriseplanUtsnitt | None) -> bool:
    """Whether a party with this view of a crisis plan may be one of its authors (access.md, "Crisis plan")."""
    if utsnitt is None or utsnitt.finnes is Deling.FINNES_IKKE:
        return True
    return utsnitt.finnes is Deling.DELT and utsnitt.grunn.grunnlag in ("R", "S")


def barnemerke(utsnitt: KartleggingUtsnitt | None) -> Merke | None:
    if utsnitt is None or utsnitt.tilstand is Kartleggingstilstand.UKJENT:
        return None
    tekst, farge = sagt.BARN[utsnitt.tilstand]
    antall = f" ({utsnitt.antall_barn})" if utsnitt.antall_barn else ""
    return Merke(tekst + antall, farge)


def oppgave(arbeid: Arbeid, hvem: Hvem) -> Oppgave:
    o = arbeid.oppgave
    tatt = o.tilstand is Oppgavetilstand.TATT
    min_egen = tatt and o.tatt_av == hvem.bruker
    return Oppgave(
        ref=o.oppgave_ref,
        versjon=arbeid.gitt.versjon,
        tekst=sagt.oppgave(o.slag),
        om=_om(arbeid.gitt.utsnitt, hvem),
        frist=hvem.tid(o.frist) if o.frist is not None else None,
        over_fristen=arbeid.over_fristen(hvem.nå),
        tatt_av="deg" if min_egen else hvem.brukere.get(o.tatt_av, "en kollega") if tatt else "",
        kan_ta=hvem.kan("oppgave.ta") and not min_egen,
        kan_løse=hvem.kan("oppgave.loes") and o.slag not in BESVARES,
        paragraf=o.paragraf,
        svar=mulige(o.slag, hvem.kan),
        # In a child's own case it is done where the task is shown.
        steg=None if arbeid.gitt.slag == BarnesakUtsnitt.avro_name else _steg(o.slag, arbeid.gitt, hvem),
    )


def _om(utsnitt: Any, hvem: Hvem) -> str:
    """What a task is about, where the view that shows it says so to this user. Opens a sealed value."""
    match utsnitt:
        case TiltakUtsnitt():
            innhold = hvem.åpne(utsnitt.innhold)
            if isinstance(innhold, Shredded):
                return SLETTET
            return _kort(innhold.tekst) if isinstance(innhold, Tekst) else ""
        case MoeteUtsnitt():
            return f"Møtet {hvem.tid(utsnitt.tid).tekst}"
        case _:
            return ""


def _kort(tekst: str) -> str:
    """The beginning of a text, in whole words; of one that is a single long word, an address say, its beginning."""
    kort = shorten(tekst, OM_MAKS, placeholder=" …")
    return kort if kort != "…" else f"{tekst.strip()[: OM_MAKS - 1]}…"


def _steg(slag: Oppgaveslag, gitt: Gitt, hvem: Hvem) -> tuple[str, str] | None:
    if gitt.slag == AvvikUtsnitt.avro_name:
        return "Åpne saken", f"/avvik/{gitt.aggregat}"
    handling, tekst, sti = STEG.get(slag, ("", "", ""))
    return (tekst, f"/pasient/{gitt.person_ref}/{sti}") if handling and hvem.kan(handling) else None
