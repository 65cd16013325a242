"""The page of one person: the story of each stay, what this party has been given and why, and its tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bindeledd.core.errors import Shredded
from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppeUtsnitt,
    Moetetilstand,
    MoeteUtsnitt,
    Plantilstand,
    PlanUtsnitt,
    SamtykkeUtsnitt,
    SamtykkeVist,
    SperringVist,
    TiltakUtsnitt,
)
from bindeledd.schema.generated.barn_paaroerende import BarnesakUtsnitt, KartleggingUtsnitt
from bindeledd.schema.generated.felles import Deling, DelStatus, Grunn
from bindeledd.schema.generated.kriseplan import KriseplanUtsnitt
from bindeledd.schema.generated.samhandling import (
    AlvorligHendelseUtsnitt,
    AvvikUtsnitt,
    Fagperson,
    Helseopplysninger,
    Historielinje,
    Oppholdshendelse,
    Oppholdsstatus,
    OppholdUtsnitt,
    Personalia,
    PersonUtsnitt,
    Sted,
    Utfall,
)
from web import krisedeler, tid, vist
from web import ord as sagt
from web.avvik import Sak, saker
from web.bilde import Bilde
from web.gitt import Gitt
from web.meldinger import Meldinger, i_oppholdet
from web.samarbeid import talspersoner
from web.svar import BEKREFT
from web.vist import Frist, Hvem, Merke, Oppgave, Tid

TAUSHET = ("oppgaver", "livskrise")
"""Parts never listed as "not shared": one's own tasks, and a cause that nobody shall be led to wonder about."""

SAMTYKKEHANDLINGER = ("samtykke.gi", "samtykke.trekk", "sperring.registrer", "sperring.opphev", "talsperson.skriv")

TABELL = {
    OppholdUtsnitt.avro_name: "opphold",
    PlanUtsnitt.avro_name: "plan",
    AnsvarsgruppeUtsnitt.avro_name: "plan",
    MoeteUtsnitt.avro_name: "plan",
    TiltakUtsnitt.avro_name: "plan",
    KriseplanUtsnitt.avro_name: "kriseplan",
    KartleggingUtsnitt.avro_name: "barn",
    BarnesakUtsnitt.avro_name: "barn",
    AvvikUtsnitt.avro_name: "avvik",
    AlvorligHendelseUtsnitt.avro_name: "avvik",
}
"""In which of the access table's tables the parts of a view stand."""


@dataclass(frozen=True, slots=True)
class Opplysning:
    """A term and what is known: words, and a moment or several lines where there are some."""

    navn: str
    tekst: str
    tid: Tid | None = None
    linjer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Linje:
    """One line of the story. `trukket`: the sender has withdrawn it; it is shown struck, not hidden."""

    tekst: str
    hendt: Tid
    mottatt: Tid | None
    """When we were told, where that was not at once."""
    trukket: bool
    endret: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opphold:
    ref: str
    merke: Merke
    når: Tid | None
    kopi: bool
    frister: tuple[Frist, ...]
    fakta: tuple[Opplysning, ...]
    helse: tuple[Opplysning, ...]
    historie: tuple[Linje, ...]
    eldre: int
    """How many lines of the story are older than these."""
    meldinger: Meldinger
    """The messages that told of it, as far as they were sent to the user's party."""


@dataclass(frozen=True, slots=True)
class Kriseplan:
    """Where the plan stands, and the pages about it: (end of the address, words). What it says stands there."""

    merke: Merke | None
    fakta: tuple[Opplysning, ...]
    forfalt: tuple[str, ...]
    sider: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Begrunnelse:
    """What this party has on one ground, why, until when, and what of it is not shared or does not exist."""

    hva: tuple[str, ...]
    hvorfor: str
    til: Tid | None
    endret: Tid
    ikke_delt: tuple[str, ...]
    finnes_ikke: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Avsluttet:
    hva: str
    når: Tid


@dataclass(frozen=True, slots=True)
class Pasient:
    """The whole page. With nothing but `avsluttet`, it says that it ended and when, and no more."""

    person_ref: str
    navn: str
    født: str
    bydel: str
    ubekreftet: bool
    kan_bekrefte: bool
    person_versjon: int
    """Of the view that says who it is."""
    livskrise: bool
    oppgaver: tuple[Oppgave, ...]
    opphold: tuple[Opphold, ...]
    kriseplan: Kriseplan | None
    skriv_kriseplan: bool
    koordinator: tuple[Opplysning, ...]
    medlemmer: tuple[Opplysning, ...]
    neste_møte: Tid | None
    plan: Merke | None
    gruppesiden: bool
    plansiden: bool
    """Whether this user has business on the page of the group, and on that of the individual plan."""
    barn: Merke | None
    barnesiden: bool
    """Whether this user has business on the page of the children, also before anybody has asked."""
    samtykker: tuple[Opplysning, ...]
    samtykkesiden: bool
    """Whether this user has business on the page of consents."""
    kan_samtykker: bool
    """And may write something there."""
    avvik: tuple[Sak, ...]
    kan_melde: bool
    kan_melde_alvorlig: bool
    """Whether this user may report an avvik about the person."""
    begrunnelser: tuple[Begrunnelse, ...]
    avsluttet: tuple[Avsluttet, ...]
    rekkefølge: tuple[str, ...]
    """The sections, in the order in which the user's role works."""


def pasient(bilde: Bilde, hvem: Hvem, brev: Sequence[Gitt] = ()) -> Pasient:
    """The page of a person, as this user may see it. Opens sealed values: the look-up must be written by now.

    `brev`: the messages about the person that the user's party has been given.
    """
    hvem = hvem.om(bilde)
    person, hvem_er = bilde.ett(PersonUtsnitt), vist.personalia(bilde, hvem)
    registeret = next(iter(bilde.alle(PersonUtsnitt)), None)
    gitt_plan = bilde.kriseplanen()
    kriseplan: KriseplanUtsnitt | None = gitt_plan.utsnitt if gitt_plan is not None else None
    alle = bilde.opphold()
    return Pasient(
        person_ref=bilde.person_ref,
        navn=vist.navn(hvem_er),
        født=tid.dato(hvem_er.foedt) if isinstance(hvem_er, Personalia) and hvem_er.foedt is not None else "",
        bydel=hvem.bydeler.get(person.bydel or "", "") if person is not None else "",
        ubekreftet=vist.må_bekreftes(person),
        kan_bekrefte=hvem.kan(BEKREFT.handling),
        person_versjon=registeret.versjon if registeret is not None else 0,
        livskrise=any(o.livskrise for o in alle),
        oppgaver=tuple(vist.oppgave(a, hvem) for a in hvem.arbeid(bilde)),
        opphold=tuple(_opphold(o, bilde, brev, hvem) for o in alle if o.status is not Oppholdsstatus.UKJENT),
        kriseplan=_kriseplan(kriseplan, hvem) if kriseplan is not None else None,
        skriv_kriseplan=_skriver(kriseplan, hvem),
        koordinator=_koordinator(bilde.ett(PlanUtsnitt), hvem),
        medlemmer=_medlemmer(bilde, hvem),
        neste_møte=_neste_møte(bilde, hvem),
        plan=_planmerke(bilde.ett(PlanUtsnitt)),
        gruppesiden=any(hvem.ser(d) for d in ("plan.finnes", "plan.moete"))
        or any(hvem.kan(h) for h in ("gruppe.opprett", "plan.behov")),
        plansiden=any(hvem.ser(f"plan.{d}") for d in ("finnes", "innhold", "eget_tiltak")) and _har_plan(bilde),
        barn=vist.barnemerke(bilde.kartlagt()),
        barnesiden=any(hvem.kan(h) for h in ("barn.kartlegg", "barn.registrer")),
        samtykker=(
            *(Opplysning(t.hva, t.navn) for t in talspersoner(bilde, hvem)),
            *_samtykker((g.utsnitt for g in bilde.alle(SamtykkeUtsnitt)), hvem),
        ),
        samtykkesiden=har_samtykkesiden(hvem),
        kan_samtykker=any(hvem.kan(h) for h in SAMTYKKEHANDLINGER),
        avvik=saker(bilde.alle(AvvikUtsnitt), bilde, hvem),
        kan_melde=hvem.kan("avvik.meld"),
        kan_melde_alvorlig=hvem.meldeplikt and hvem.kan("alvorlig.meld"),
        begrunnelser=_begrunnelser(bilde.gitte, hvem),
        avsluttet=tuple(_avsluttet(g, hvem) for g in bilde.avsluttede if g.avsluttet is not None),
        rekkefølge=hvem.side.person,
    )


def _avsluttet(gitt: Gitt, hvem: Hvem) -> Avsluttet:
    assert gitt.avsluttet is not None
    return Avsluttet(sagt.slag(gitt.slag), hvem.tid(gitt.avsluttet))


# -- the stay ---------------------------------------------------------------------------------------------------------


def _opphold(opphold: OppholdUtsnitt, bilde: Bilde, brev: Sequence[Gitt], hvem: Hvem) -> Opphold:
    når = vist.oppholdstid(opphold, hvem)
    return Opphold(
        ref=opphold.aggregat,
        merke=vist.oppholdsmerke(opphold),
        når=når,
        kopi=opphold.kopi,
        frister=tuple(vist.frist(f, hvem) for f in opphold.frister),
        fakta=tuple(fakta for fakta in _fakta(opphold, bilde, hvem) if fakta.tekst or fakta.tid != når or fakta.linjer),
        helse=tuple(_helse(hvem.åpne(opphold.helseopplysninger))),
        historie=tuple(_linje(linje, hvem) for linje in reversed(opphold.historie)),
        eldre=opphold.historie_eldre,
        meldinger=i_oppholdet(brev, opphold.aggregat, hvem),
    )


def _fakta(opphold: OppholdUtsnitt, bilde: Bilde, hvem: Hvem) -> Iterable[Opplysning]:
    if opphold.innlagt is not None:
        yield Opplysning("Innlagt", "omtrent" if opphold.innlagt_anslag else "", hvem.tid(opphold.innlagt))
    if opphold.utskrevet is not None:
        yield Opplysning("Utskrevet", "", hvem.tid(opphold.utskrevet, bare_dato=opphold.utskrevet_bare_dato))
    if (etterpå := vist.oppfølging(bilde, opphold, hvem)) is not None:
        yield Opplysning("Oppfølging", *etterpå)
    if opphold.utfall is Utfall.DOED:
        yield Opplysning("Utfall", "Personen er død")
    yield from _sted(hvem.åpne(opphold.sted))
    if opphold.forventet_utskrivning is not None:
        anslag = "omtrent" if opphold.forventet_anslag else ""
        yield Opplysning("Forventet utskrivning", anslag, hvem.dag(opphold.forventet_utskrivning))
    if opphold.tidligmelding_mangler:
        mangler = tuple(sagt.mangel(kode) for kode in opphold.tidligmelding_mangler)
        yield Opplysning("Tidligmeldingen mangler", "", linjer=mangler)
    yield from _klar(opphold, hvem)
    instans = opphold.instans or opphold.dps
    if instans is not None:
        yield Opplysning("Rett tjeneste", hvem.part(instans))
    if opphold.forklaring:
        yield Opplysning("Hvorfor der", opphold.forklaring)


def _klar(opphold: OppholdUtsnitt, hvem: Hvem) -> Iterable[Opplysning]:
    if opphold.utskrivningsklar is None:
        return
    yield Opplysning("Utskrivningsklar fra", "", hvem.dag(opphold.utskrivningsklar))
    match hvem.åpne(opphold.beslutter):
        case Fagperson(navn=navn, yrke=yrke, telefon=telefon):
            yield Opplysning("Avgjort av", ", ".join(del_ for del_ in (navn, yrke, telefon) if del_))
        case Shredded():
            yield Opplysning("Avgjort av", vist.SLETTET)
        case _:
            pass
    if opphold.utskrivningsklar_mangler:
        mangler = tuple(sagt.mangel(kode) for kode in opphold.utskrivningsklar_mangler)
        yield Opplysning("Mangler før kommunen kan betale", "", linjer=mangler)


def _sted(sted: Any) -> Iterable[Opplysning]:
    match sted:
        case Sted():
            hvor = ", ".join(del_ for del_ in (sted.enhet, sted.institusjon) if del_)
            if hvor:
                yield Opplysning("Sted", hvor)
            ring = ", ".join(del_ for del_ in (sted.kontakt, sted.telefon) if del_)
            if ring:
                yield Opplysning("Kontakt på avdelingen", ring)
        case Shredded():
            yield Opplysning("Sted", vist.SLETTET)
        case _:
            return


def _helse(innhold: Any) -> Iterable[Opplysning]:
    match innhold:
        case Helseopplysninger():
            felter = (
                ("Status", innhold.status), ("Antatt forløp", innhold.forloep), ("Funksjon", innhold.funksjon),
                ("Kontakt", innhold.kontakt), ("Annet", innhold.annet),
            )  # fmt: skip
            yield from (Opplysning(navn, tekst) for navn, tekst in felter if tekst)
            if innhold.diagnoser:
                yield Opplysning("Diagnoser", "", linjer=innhold.diagnoser)
        case Shredded():
            yield Opplysning("Helseopplysninger", vist.SLETTET)
        case _:
            return


def _linje(linje: Historielinje, hvem: Hvem) -> Linje:
    tekst = sagt.HENDELSE[linje.slag]
    if linje.slag is Oppholdshendelse.RAPPORT:
        tekst = sagt.meldingstype(linje.type)
    hendt, mottatt = hvem.tid(linje.hendt, bare_dato=linje.bare_dato), hvem.tid(linje.mottatt)
    endret = tuple(sagt.endring(del_) for del_ in linje.endret)
    return Linje(tekst, hendt, None if mottatt.tekst == hendt.tekst else mottatt, linje.trukket, endret)


# -- crisis plan, plan, group, consents -------------------------------------------------------------------------------


def _kriseplan(utsnitt: KriseplanUtsnitt, hvem: Hvem) -> Kriseplan:
    fakta = []
    if utsnitt.finnes is Deling.DELT and utsnitt.versjon:
        laget = hvem.tid(utsnitt.laget) if utsnitt.laget is not None else None
        fakta.append(Opplysning("Versjon", f"{utsnitt.versjon}, fra" if laget else str(utsnitt.versjon), laget))
    if utsnitt.eier_part:
        fakta.append(Opplysning("Holdes oppdatert av", hvem.part(utsnitt.eier_part)))
    if utsnitt.bruk:
        siste = utsnitt.bruk[0]
        nivå, _ = sagt.KRISEPLANNIVÅ[siste.nivaa]
        fakta.append(Opplysning("Sist brukt", f"{nivå}, {hvem.part(siste.part)},", hvem.tid(siste.tatt_i_bruk)))
    delt = utsnitt.finnes is Deling.DELT
    sider = krisedeler.sider_av(utsnitt, hvem) if delt else ()
    return Kriseplan(vist.kriseplanmerke(utsnitt), tuple(fakta), krisedeler.forfalt(utsnitt), sider)


def _skriver(utsnitt: KriseplanUtsnitt | None, hvem: Hvem) -> bool:
    """Whether this user may write the plan: the person and the author units (access.md). The service decides."""
    return hvem.kan("kriseplan.skriv") and vist.kan_skrives(utsnitt)


def _koordinator(utsnitt: PlanUtsnitt | None, hvem: Hvem) -> tuple[Opplysning, ...]:
    if utsnitt is None or utsnitt.koordinator_part is None:
        return ()
    navn = hvem.brukere.get(utsnitt.koordinator or "", "")
    enhet = hvem.part(utsnitt.koordinator_part)
    return (Opplysning("Koordinator", f"{navn}, {enhet}" if navn else enhet),)


def _har_plan(bilde: Bilde) -> bool:
    """Whether there is anything on the page of the plan: a plan or that there is none, or a measure of one's own."""
    return bool(bilde.alle(PlanUtsnitt) or bilde.alle(TiltakUtsnitt))


def _planmerke(utsnitt: PlanUtsnitt | None) -> Merke | None:
    if utsnitt is None or utsnitt.tilstand is Plantilstand.UKJENT:
        return None
    return Merke(*sagt.PLAN[utsnitt.tilstand])


def _neste_møte(bilde: Bilde, hvem: Hvem) -> Tid | None:
    innkalt = (g.utsnitt for g in bilde.alle(MoeteUtsnitt) if g.utsnitt.tilstand is Moetetilstand.INNKALT)
    tid_ = min((møte.tid for møte in innkalt if møte.tid > hvem.nå), default=None)
    return hvem.tid(tid_) if tid_ is not None else None


def _medlemmer(bilde: Bilde, hvem: Hvem) -> tuple[Opplysning, ...]:
    grupper = [g.utsnitt for g in bilde.alle(AnsvarsgruppeUtsnitt) if not g.utsnitt.avsluttet]
    return tuple(
        Opplysning(sagt.ROLLE[m.rolle], ", ".join(d for d in (hvem.part(m.part), sagt.MEDLEM[m.tilstand]) if d))
        for gruppe in grupper[:1]
        for m in gruppe.medlemmer
    )


def har_samtykkesiden(hvem: Hvem) -> bool:
    """Whether the page of what the person shares is for this user: then, and only then, there is a way to it."""
    return hvem.ser("plan.samtykker") or any(hvem.kan(h) for h in SAMTYKKEHANDLINGER)


def _samtykker(utsnitt: Iterable[SamtykkeUtsnitt], hvem: Hvem) -> Iterator[Opplysning]:
    """What holds now; what is over stands on the page of its own."""
    for alle in utsnitt:
        for s in alle.samtykker:
            if vist.gjelder(s, hvem.nå):
                til = hvem.tid(s.gjelder_til) if s.gjelder_til is not None else None
                yield Opplysning(f"Samtykke til {hvem.part(s.part)}", "Gjelder til" if til else "", til, _navn(s, hvem))
        for sperring in alle.sperringer:
            if sperring.opphevet is None:
                navn = hvem.part(sperring.part) if sperring.part else "noen"
                siden, deler = hvem.tid(sperring.gjelder_fra), _navn(sperring, hvem) or ("Alt",)
                yield Opplysning(f"Motsetter seg deling med {navn}", "Siden", siden, deler)


def _navn(hva: SamtykkeVist | SperringVist, hvem: Hvem) -> tuple[str, ...]:
    return tuple(sagt.del_av_tabellen(del_, hvem.deler) for del_ in hva.deler)


# -- why --------------------------------------------------------------------------------------------------------------


def _begrunnelser(gitte: Iterable[Gitt], hvem: Hvem) -> tuple[Begrunnelse, ...]:
    """One for each sentence that says why, in the order in which they were first given."""
    etter_grunn: dict[tuple[str, datetime | None], list[Gitt]] = {}
    for gitt in gitte:
        grunn: Grunn = gitt.utsnitt.grunn
        etter_grunn.setdefault((grunn.setning, grunn.gjelder_til), []).append(gitt)
    return tuple(_begrunnelse(setning, til, samme, hvem) for (setning, til), samme in etter_grunn.items())


def _begrunnelse(setning: str, til: datetime | None, samme: list[Gitt], hvem: Hvem) -> Begrunnelse:
    return Begrunnelse(
        hva=tuple(dict.fromkeys(sagt.slag(g.slag) for g in samme)),
        hvorfor=sagt.til_dere(setning),
        til=hvem.tid(til) if til is not None else None,
        endret=hvem.tid(max(g.gitt for g in samme)),
        ikke_delt=_deler(samme, Deling.IKKE_DELT, hvem),
        finnes_ikke=_deler(samme, Deling.FINNES_IKKE, hvem),
    )


def _deler(gitte: Iterable[Gitt], deling: Deling, hvem: Hvem) -> tuple[str, ...]:
    """What these parts are called. A part that the role may not see is not named either."""
    statuser: Iterable[tuple[str, DelStatus]] = ((g.slag, d) for g in gitte for d in getattr(g.utsnitt, "deler", ()))
    navn = [f"{TABELL.get(slag, '')}.{d.del_}" for slag, d in statuser if d.deling is deling and d.del_ not in TAUSHET]
    return tuple(dict.fromkeys(hvem.deler.get(del_, del_.rpartition(".")[2]) for del_ in navn if hvem.ser(del_)))
