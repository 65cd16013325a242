"""What each party may know of a person and a stay, and on which ground: pure functions over the access table.

One function for each aggregate, part by part (access.md, "The stay"). A party outside the health service without
consent gets nothing at all: not even that there is a stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bindeledd.schema.generated.felles import DelStatus, Grunn
from bindeledd.schema.generated.samhandling import (
    FristVist,
    Historielinje,
    Meldingsutfall,
    MeldingUtsnitt,
    Oppholdshendelse,
    Oppholdsstatus,
    OppholdUtsnitt,
    PersonUtsnitt,
    Utfall,
)
from services.felles.grunnlag import Grunnlag, Svar, kandidater, svar
from services.felles.kjent import delstatus, grunn_av
from services.felles.oppsett import Oppsett
from services.felles.parter import part_for
from services.felles.tilgang import Form, Tabell
from services.samhandling import opphold as o
from services.samhandling.fakta import Faktum, rekkefølge, slag, tid
from services.samhandling.kvittering import Kvitteringssak, manuell_part, mottakere
from services.samhandling.person import Person

LIVSKRISEHJELP = "livskrisehjelp"
_DELER = ("finnes", "sted", "status", "klar", "svar", "helse", "utfall", "livskrise")
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


@dataclass(frozen=True, slots=True)
class Grunner:
    """Everything the answers rest on. `for_dps` is the person's ground with a routed DPS as one that helps now."""

    oppsett: Oppsett
    tabell: Tabell
    naa: datetime
    grunnlag: Grunnlag
    for_dps: dict[str | None, Grunnlag]
    adressert: frozenset[str]
    """The parties that any of the person's messages were addressed or copied to."""
    alle_dps: Grunnlag
    """With every DPS that any of the person's stays is routed to."""
    forkastet: bool = False
    """The patient is no case of ours: nobody is shown anything, whatever the grounds were."""


def livskrisehjelp(oppsett: Oppsett) -> frozenset[str]:
    """The parties that a suicide goes to, by the law and nobody's address (intake rule 12)."""
    return frozenset(part.id for part in oppsett.parter.values() if part.slag == LIVSKRISEHJELP)


# -- the stay ------------------------------------------------------------------------------------------------------


def kandidater_opphold(state: o.Opphold, grunner: Grunner) -> Iterable[str]:
    """The parties with any ground now."""
    if grunner.forkastet:
        return ()
    egne = frozenset(oppgave.part for oppgave in state.oppgaver.åpne())
    if o.livskrise(state):
        egne |= livskrisehjelp(grunner.oppsett)
    return kandidater(_grunnlag(state, grunner), grunner.naa, adressert=_adressert(state), egne=egne)


def utsnitt_opphold(state: o.Opphold, part_id: str, grunner: Grunner) -> OppholdUtsnitt | None:
    """The whole view of a stay for one party; None when it may know nothing."""
    if grunner.forkastet or not state.fakta.alle:
        return None
    part = part_for(grunner.oppsett, part_id)
    svarene = _svar_for(state, part_id, grunner)
    # A narrower form of the outcome ("the appointments have ended") is no outcome: only the stay's end shows it.
    ja = {del_ for del_, gitt in svarene.items() if gitt.ja and (del_ != "utfall" or gitt.form is Form.FULL)}
    livskrise = o.livskrise(state) and "livskrise" in ja
    if "finnes" not in ja and not (livskrise and part.slag == LIVSKRISEHJELP):
        return None
    return _bygg(state, part_id, svarene, ja, livskrise=livskrise)


def _svar_for(state: o.Opphold, part_id: str, grunner: Grunner) -> dict[str, Svar]:
    part, grunnlag = part_for(grunner.oppsett, part_id), _grunnlag(state, grunner)
    adressert = _adressert(state)
    if o.livskrise(state) and part.slag == LIVSKRISEHJELP:
        adressert |= {part_id}
    return {d: svar(grunner.tabell, grunnlag, part, f"opphold.{d}", grunner.naa, adressert=adressert) for d in _DELER}


def _bygg(state: o.Opphold, part_id: str, svarene: dict[str, Svar], ja: set[str], *, livskrise: bool) -> OppholdUtsnitt:
    gjeldende = state.fakta.gjeldende()
    innlagt, utskrevet = o.innleggelse(state), o.siste_utskrivning(state)
    opplysninger, klar = o.gjeldende_opplysninger(state), o.utskrivningsklar(state)
    vist_klar = klar if "klar" in ja else None
    vist_opplysning = opplysninger if "status" in ja else None
    finnes = "finnes" in ja
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
        historie=_historie(state, ja),
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


def _grunnlag(state: o.Opphold, grunner: Grunner) -> Grunnlag:
    dps = state.instans.dps if state.instans else None
    return grunner.for_dps.get(dps, grunner.grunnlag)


def _adressert(state: o.Opphold) -> frozenset[str]:
    return frozenset().union(*((f.adressert | f.kopi) for f in state.fakta.alle.values()))


# -- the person ----------------------------------------------------------------------------------------------------


def kandidater_person(state: Person, grunner: Grunner) -> Iterable[str]:
    """Those who may know anything of the person may know who it is about."""
    if not state.gjelder:
        return ()
    return kandidater(grunner.alle_dps, grunner.naa, adressert=grunner.adressert)


def utsnitt_person(state: Person, part_id: str, grunner: Grunner) -> PersonUtsnitt | None:
    """Who the person is, for one party; None when it may not know."""
    if not state.gjelder:
        return None
    part = part_for(grunner.oppsett, part_id)
    gitt = svar(grunner.tabell, grunner.alle_dps, part, "person.navn", grunner.naa, adressert=grunner.adressert)
    if not gitt.ja:
        return None
    return PersonUtsnitt(
        aggregat="", grunn=grunn_av(gitt, ()), personalia=state.personalia, bydel=state.bydel,
        bekreftet=state.bekreftet, bekreftes_innen=None if state.bekreftet else state.bekreftes_innen,
    )  # fmt: skip


# -- the message ---------------------------------------------------------------------------------------------------


def kandidater_melding(state: Kvitteringssak, grunner: Grunner) -> Iterable[str]:
    """A message that became part of a stay is shown there. One that did not waits with the units that received it.

    What was refused, contradicts another message or names a service that we do not know waits in the manual queue.
    """
    if state.mottatt is None:
        return ()
    alle = mottakere(state.mottatt, grunner.oppsett)
    if _for_mennesker(state):
        return alle
    manuell = manuell_part(grunner.oppsett)
    return (manuell,) if manuell in alle else ()


def utsnitt_melding(state: Kvitteringssak, part_id: str, grunner: Grunner) -> MeldingUtsnitt | None:
    """That a message has come, from whom, and what became of it. Never what it says."""
    if state.mottatt is None or part_id not in kandidater_melding(state, grunner):
        return None
    mottatt = state.mottatt
    grunn = Grunn(
        grunnlag="A", setning="Meldingen er sendt til dere, eller venter i den manuelle køen deres.",
        samtykke_versjon=0, lov_versjon="", gjelder_til=None,
    )  # fmt: skip
    return MeldingUtsnitt(
        aggregat="", grunn=grunn, msg_id=mottatt.msg_id, type=mottatt.type, forsendelse=mottatt.forsendelse,
        utfall=state.utfall, grunner=mottatt.grunner, avsender_navn=mottatt.avsender_navn, mottatt=mottatt.mottatt,
        opphold_ref=state.opphold_ref, kopi=part_id in mottatt.kopi, aapnet=part_id in state.åpnet_av,
        forsinket=part_id in state.forsinket, samtale=mottatt.samtale, forrige=mottatt.forrige,
    )  # fmt: skip


def _for_mennesker(state: Kvitteringssak) -> bool:
    return state.utfall is not Meldingsutfall.TATT_INN or state.opphold_ref is None or bool(state.forsinket)
