"""What each party may know of a person and a stay, and on which ground: pure functions over the access table.

One function for each aggregate, part by part (access.md, "The stay"). A party outside the health service without
consent gets nothing at all: not even that there is a stay.
"""

from __future__ import annotations

from collections.abc import Iterable

from bindeledd.schema.generated.felles import DelStatus
from bindeledd.schema.generated.samhandling import (
    FristVist,
    Historielinje,
    MeldingUtsnitt,
    Oppholdshendelse,
    Oppholdsstatus,
    OppholdUtsnitt,
    PersonUtsnitt,
    TvilVist,
    Utfall,
)
from services.felles.grunnlag import Relasjon, Svar
from services.felles.kansellering import Faktum
from services.felles.kjent import Kjent, delstatus, grunn_av
from services.felles.oppsett import Oppsett
from services.felles.parter import koordinerende_enhet
from services.felles.samarbeid import ALLTID
from services.felles.tilgang import Form, RelasjonSlag
from services.samhandling import opphold as o
from services.samhandling.fakta import rekkefølge, slag, tid
from services.samhandling.kvittering import Kvitteringssak, innen, mottakere
from services.samhandling.person import Person

LIVSKRISEHJELP = "livskrisehjelp"
_DELER = ("finnes", "sted", "status", "klar", "svar", "helse", "utfall", "livskrise")
HISTORIE_VIST = 100
"""How many lines of the story a view holds, the newest: a stay may go on for years, and a record has its limit."""
TVIL_VIST = 100
_LINJENS_DEL = {
    Oppholdshendelse.INNLAGT: "finnes",
    Oppholdshendelse.TIDLIGMELDING: "status",
    Oppholdshendelse.OPPDATERT: "status",
    Oppholdshendelse.UTSKRIVNINGSKLAR: "klar",
    Oppholdshendelse.AVMELDT: "klar",
    Oppholdshendelse.UTSKREVET: "finnes",
    Oppholdshendelse.DOED: "utfall",
    Oppholdshendelse.RAPPORT: "helse",
}


# -- the stay ------------------------------------------------------------------------------------------------------


def kandidater_opphold(state: o.Opphold, kjent: Kjent) -> Iterable[str]:
    """The parties with any ground now."""
    if kjent.forkastet:
        return ()
    egne = frozenset(oppgave.part for oppgave in state.oppgaver.åpne())
    return _med_rutet_dps(state, kjent).kandidater(adressert(state, kjent.rammer.oppsett) | egne)


def utsnitt_opphold(state: o.Opphold, part_id: str, kjent: Kjent) -> OppholdUtsnitt | None:
    """The whole view of a stay for one party; None when it may know nothing."""
    if kjent.forkastet or not state.fakta.alle:
        return None
    oppsett, kjent = kjent.rammer.oppsett, _med_rutet_dps(state, kjent)
    til = adressert(state, oppsett)
    svarene = {del_: kjent.svar(part_id, f"opphold.{del_}", adressert=til) for del_ in _DELER}
    # A narrower form of the outcome ("the appointments have ended") is no outcome: only the stay's end shows it.
    ja = {del_ for del_, gitt in svarene.items() if gitt.ja and (del_ != "utfall" or gitt.form is Form.FULL)}
    livskrise = o.livskrise(state) and "livskrise" in ja
    if "finnes" not in ja and not (livskrise and part_id in _livskrisehjelp(oppsett)):
        return None
    return _bygg(state, part_id, svarene, ja, livskrise=livskrise)


def _bygg(state: o.Opphold, part_id: str, svarene: dict[str, Svar], ja: set[str], *, livskrise: bool) -> OppholdUtsnitt:
    gjeldende = state.fakta.gjeldende()
    innlagt, utskrevet = o.innleggelse(state), o.siste_utskrivning(state)
    opplysninger, klar = o.gjeldende_opplysninger(state), o.utskrivningsklar(state)
    vist_klar = klar if "klar" in ja else None
    vist_opplysning = opplysninger if "status" in ja else None
    finnes = "finnes" in ja
    historie = _historie(state, ja)
    return OppholdUtsnitt(
        aggregat="",
        grunn=grunn_av(svarene["finnes" if finnes else "livskrise"], svarene.values()),
        kopi=not any(part_id in f.adressert for f in gjeldende) and any(part_id in f.kopi for f in gjeldende),
        status=_vist_status(state, ja),
        innlagt=innlagt.event.innlagt if innlagt and finnes else None,
        innlagt_anslag=bool(innlagt and finnes and innlagt.event.anslag),
        innlagt_tvetydig=bool(innlagt and finnes and innlagt.event.tvetydig),
        utskrevet=utskrevet.event.utskrevet if utskrevet and finnes else None,
        utskrevet_bare_dato=bool(utskrevet and finnes and utskrevet.event.bare_dato),
        utfall=o.utfall(state) if "utfall" in ja else Utfall.UKJENT,
        sted=innlagt.event.sted if innlagt and "sted" in ja else None,
        dps=state.instans.dps if state.instans and "sted" in ja else None,
        instans=state.instans.instans if state.instans and "sted" in ja else None,
        forklaring=state.instans.forklaring if state.instans and "sted" in ja else "",
        tidligmelding=vist_opplysning is not None,
        tidligmelding_mangler=vist_opplysning.event.mangler if vist_opplysning else (),
        forventet_utskrivning=vist_opplysning.event.forventet_utskrivning if vist_opplysning else None,
        forventet_anslag=bool(vist_opplysning and vist_opplysning.event.anslag),
        helseopplysninger=opplysninger.event.innhold if opplysninger and "helse" in ja else None,
        utskrivningsklar=vist_klar.event.dato if vist_klar else None,
        utskrivningsklar_mangler=o.mangler_for_betaling(state, vist_klar) if vist_klar else (),
        beslutter=vist_klar.event.beslutter if vist_klar else None,
        livskrise=livskrise,
        frister=_frister(state) if "svar" in ja else (),
        historie=historie[-HISTORIE_VIST:],
        historie_eldre=max(0, len(historie) - HISTORIE_VIST),
        oppgaver=state.oppgaver.for_part(part_id),
        deler=_deler(state, svarene),
    )


def _vist_status(state: o.Opphold, ja: set[str]) -> Oppholdsstatus:
    """Where the stay stands, no finer than what the party may know."""
    if "finnes" not in ja:
        return Oppholdsstatus.UKJENT
    status = o.status(state)
    if status is Oppholdsstatus.DOED and "utfall" not in ja:
        return Oppholdsstatus.UTSKREVET
    if status in (Oppholdsstatus.UTSKRIVNINGSKLAR, Oppholdsstatus.AVMELDT) and "klar" not in ja:
        return Oppholdsstatus.INNLAGT
    return status


def _frister(state: o.Opphold) -> tuple[FristVist, ...]:
    if state.frist is None:
        return ()
    frist = state.frist
    return (FristVist(navn=frist.navn, forfall=frist.forfall, tilstand=frist.tilstand, paragraf=frist.paragraf),)


def _historie(state: o.Opphold, ja: set[str]) -> tuple[Historielinje, ...]:
    """The story in the order in which things happened, withdrawn messages with it."""
    endret = _endringer(state)
    # Of a day without a time of day, the order is the one in which the sender wrote; never the one in which it arrived.
    fakta = [(f, False) for f in state.fakta.gjeldende()] + [(f, True) for f in state.fakta.trukket()]
    i_orden = sorted(fakta, key=lambda par: rekkefølge(par[0]))
    linjer = (_linje(f, trukket=trukket, endret=() if trukket else endret.get(f.ref, ())) for f, trukket in i_orden)
    return tuple(linje for linje in linjer if _LINJENS_DEL[linje.slag] in ja)


def _linje(faktum: Faktum, *, trukket: bool, endret: tuple[str, ...]) -> Historielinje:
    event = faktum.event
    bare_dato = bool(getattr(event, "bare_dato", False)) or slag(event) in (
        Oppholdshendelse.UTSKRIVNINGSKLAR, Oppholdshendelse.AVMELDT,
    )  # fmt: skip
    return Historielinje(
        slag=slag(event), hendt=tid(event), bare_dato=bare_dato, mottatt=faktum.mottatt,
        melding_ref=faktum.først.melding_ref, type=faktum.først.type, trukket=trukket, endret=endret,
    )  # fmt: skip


def _endringer(state: o.Opphold) -> dict[str, tuple[str, ...]]:
    """Which parts each update changed from the one before, told by their fingerprints alone (§8, last paragraph)."""
    funnet: dict[str, tuple[str, ...]] = {}
    før: dict[str, bytes] = {}
    for faktum in o.helseopplysninger(state):
        nå = {avtrykk.del_: avtrykk.avtrykk for avtrykk in faktum.event.avtrykk}
        if før:
            funnet[faktum.ref] = tuple(sorted(navn for navn in nå if nå[navn] != før.get(navn)))
        før = nå
    return funnet


def _deler(state: o.Opphold, svarene: dict[str, Svar]) -> tuple[DelStatus, ...]:
    """Each part: shared, not shared with this party, or (told only to R and S) not there at all."""
    finnes = {
        "sted": o.innleggelse(state) is not None,
        "status": o.gjeldende_opplysninger(state) is not None,
        "helse": o.gjeldende_opplysninger(state) is not None,
        "klar": o.utskrivningsklar(state) is not None,
        "svar": state.frist is not None,
    }
    return tuple(delstatus(del_, svarene[del_], finnes=er_der) for del_, er_der in finnes.items())


def _med_rutet_dps(state: o.Opphold, kjent: Kjent) -> Kjent:
    """The routed DPS helps the person in this stay (access.md: "DPS of the bydel"). From when we are told, whatever
    the hour that the sender's clock says."""
    dps = state.instans.dps if state.instans is not None else None
    return kjent.med(Relasjon(dps, RelasjonSlag.DPS_OMRAADE, ALLTID)) if dps else kjent


def adressert(state: o.Opphold, oppsett: Oppsett) -> frozenset[str]:
    """The parties that any message of the stay was sent or copied to; a suicide also goes to Livskrisehjelpen."""
    sendt_til = frozenset().union(*((f.adressert | f.kopi) for f in state.fakta.alle.values()))
    return sendt_til | _livskrisehjelp(oppsett) if o.livskrise(state) else sendt_til


def _livskrisehjelp(oppsett: Oppsett) -> frozenset[str]:
    """The parties that a suicide goes to by the law, and nobody's address (intake rule 12)."""
    return frozenset(part.id for part in oppsett.parter.values() if part.slag == LIVSKRISEHJELP)


# -- the person ----------------------------------------------------------------------------------------------------


def kandidater_person(state: Person, kjent: Kjent) -> Iterable[str]:
    """Those who may know anything of the person may know who it is about."""
    if not state.gjelder:
        return ()
    avgjør = {koordinerende_enhet(kjent.rammer.oppsett)} if kjent.avklares else set()
    return med_alle_opphold(kjent).kandidater(kjent.adressert | avgjør)


def utsnitt_person(state: Person, part_id: str, kjent: Kjent) -> PersonUtsnitt | None:
    """Who the person is, for one party; None when it may not know."""
    if not state.gjelder:
        return None
    avklares = kjent.avklares if part_id == koordinerende_enhet(kjent.rammer.oppsett) else frozenset()
    gitt = med_alle_opphold(kjent).svar(part_id, "person.navn", adressert=kjent.adressert)
    bare_tvil = not gitt.ja and bool(avklares)
    if bare_tvil:
        gitt = kjent.svar(part_id, "person.tvil", egen=True)
    if not gitt.ja:
        return None
    kø = kjent.svar(part_id, "melding.koe", adressert=kjent.adressert)
    return PersonUtsnitt(
        aggregat="", grunn=grunn_av(gitt, ()), personalia=state.personalia, bydel=state.bydel,
        bekreftet=state.bekreftet, bekreftes_innen=None if state.bekreftet or bare_tvil else state.bekreftes_innen,
        tvil=tuple(t for t in _tvil(state) if kø.ja or t.kandidat in avklares), bare_tvil=bare_tvil,
    )  # fmt: skip


def med_alle_opphold(kjent: Kjent) -> Kjent:
    """With the DPS of any stay, and the ward that has the person: it is told whom it is asked about (hpl §10a)."""
    dps = (Relasjon(s.dps, RelasjonSlag.DPS_OMRAADE, ALLTID) for s in kjent.opphold if s.dps)
    avdelinger = (s.avdeling for s in kjent.opphold if s.avdeling is not None and s.slutt is None)
    return kjent.med(*dps, *(Relasjon(avdeling, RelasjonSlag.AVDELING, ALLTID) for avdeling in avdelinger))


def _tvil(state: Person) -> tuple[TvilVist, ...]:
    """The other records that this person may have, for the receiving unit (access.md, "manual queue").

    Of very many, some at a time: the rest are shown as these are decided.
    """
    viste = sorted(state.tvilsomme.items())[:TVIL_VIST]
    return tuple(TvilVist(kandidat=ref, grunn=grunn) for ref, grunn in viste)


# -- the message ---------------------------------------------------------------------------------------------------


def kandidater_melding(state: Kvitteringssak, kjent: Kjent) -> Iterable[str]:
    """The units that a message was sent to, or in whose manual queue it waits: each sees its way from sent to read,
    also when it has become part of a stay."""
    return mottakere(state.mottatt, kjent.rammer.oppsett) if state.mottatt is not None else ()


def utsnitt_melding(state: Kvitteringssak, part_id: str, kjent: Kjent) -> MeldingUtsnitt | None:
    """That a message has come, from whom, and what became of it; None for a party that may not know it.

    Never what it says. Source: access.md, "Message log and manual queue".
    """
    mottatt = state.mottatt
    if mottatt is None:
        return None
    til = frozenset(mottakere(mottatt, kjent.rammer.oppsett))
    logg = kjent.svar(part_id, "melding.logg", adressert=til)
    if not logg.ja:
        return None
    kø = kjent.svar(part_id, "melding.koe", adressert=til)
    åpnet, besvart = state.åpnet.get(part_id), state.besvart.get(part_id)
    i_køen = kø.ja and part_id == koordinerende_enhet(kjent.rammer.oppsett)
    return MeldingUtsnitt(
        aggregat="", grunn=grunn_av(logg, (kø,)), msg_id=mottatt.msg_id, type=mottatt.type,
        forsendelse=mottatt.forsendelse, utfall=state.utfall, grunner=mottatt.grunner if kø.ja else (),
        avsender_navn=mottatt.avsender_navn, mottatt=mottatt.mottatt,
        opphold_ref=state.opphold_ref, kopi=part_id in mottatt.kopi, aapnet=åpnet is not None,
        forsinket=part_id in state.forsinket, samtale=mottatt.samtale, forrige=mottatt.forrige,
        sendt=mottatt.gen_dato, kvittering=state.kvittering.status if state.kvittering is not None else "",
        aapnes_innen=innen(state, part_id),
        aapnet_av=åpnet.av if åpnet is not None else "", aapnet_tid=åpnet.tid if åpnet is not None else None,
        besvart_av=besvart.av if besvart is not None else "", besvart_tid=besvart.tid if besvart is not None else None,
        uten_mottaker=mottatt.uten_mottaker and i_køen, fordelt_til=state.fordelt_til if i_køen else None,
    )  # fmt: skip
