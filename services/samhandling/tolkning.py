"""A message read as what happened to a stay: which fact it tells, who it was addressed to, from where it came."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from bindeledd.core.sealed import Klartekst
from bindeledd.runtime.service import Lookup
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.samhandling import (
    Delavtrykk,
    DoedsfallMeldt,
    Fagperson,
    Helseopplysninger,
    MeldingKnyttet,
    Meldingskilde,
    OpplysningerOppdatert,
    PasientInnlagt,
    PasientUtskrevet,
    Sted,
    TidligmeldingSendt,
    Utfall,
    UtskrivningsklarAvmeldt,
    UtskrivningsklarMeldt,
)
from services.felles.oppsett import Oppsett, Part
from services.felles.parter import koordinerende_enhet
from services.felles.tid import dagens_slutt, lokal_midnatt
from services.samhandling.plo import koder
from services.samhandling.plo import melding as plo
from services.samhandling.plo.avtrykk import avtrykk
from services.samhandling.plo.tid import Tidspunkt

SELVMORD = "3"
"""Kodeverk 8431."""

FØRSTE_DAG, SISTE_DAG = date(2012, 1, 1), date(2199, 12, 31)
"""The days that the rules in the configuration can cover: forskrift 2011-11-18-1115 is in force from 2012."""

BYTE_MAKS = 7_000
"""Longest text of one part that a record carries, in UTF-8: a view holds four of them. The whole message lies beside
the log."""
OPPLYSNING_OPPHOLD = "Opplysning opphold"
AVKORTET = " … (resten står i meldingen)"


def øyeblikk(tid: Tidspunkt) -> datetime:
    """The moment, in UTC. A day without a time of day counts as its end."""
    return tid.instant if tid.instant is not None else dagens_slutt(tid.dato)


def hendt(melding: plo.Melding) -> datetime | None:
    """When the message says that it happened, where it says so to the minute and as a fact."""
    tid = _tid(melding)
    return tid.instant if tid is not None and not tid.anslag else None


def utenfor_reglene(melding: plo.Melding) -> tuple[plo.Funn, ...]:
    """A refusal for a moment that no rule here covers: such a message can decide nothing."""
    hendelser = getattr(melding.innhold, "hendelser", ())
    if all(FØRSTE_DAG <= hendelse.tid.dato <= SISTE_DAG for hendelse in hendelser):
        return ()
    return (plo.Funn("T99", "tidspunkt-utenfor", "Et tidspunkt i meldingen er for langt tilbake eller fram i tid"),)


def adressater(melding: plo.Melding, oppsett: Oppsett) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(parties that it is addressed to, parties that get a copy), as party ids.

    A unit that we do not know is the manual queue's (intake rule 5); so is one outside the health service, which knows
    nothing here by being written to (hpl §21), and one of another organisation where nothing says which organisations
    we receive for.
    """
    til = [_part(a, oppsett) for a in (melding.hode.mottaker,) if a is not None]
    kopi = [_part(a, oppsett) for a in melding.kopimottakere]
    adressert = tuple(part for part in til if part)
    return adressert, tuple(dict.fromkeys(part for part in kopi if part and part not in adressert))


def uten_mottaker(melding: plo.Melding, oppsett: Oppsett) -> bool:
    """Whether a service that it was sent to gets no messages here, so that a person must say who shall have it (intake
    rule 5). A copy to who knows what other organisation asks nothing of us."""
    egne = organisasjoner(oppsett)
    til = [a for a in (melding.hode.mottaker,) if a is not None]
    til += [a for a in melding.kopimottakere if a.her_id in egne]
    return any(_kjent(a, oppsett) is None and _tas_imot(a, oppsett) for a in til)


def organisasjoner(oppsett: Oppsett) -> frozenset[str]:
    """HER-ids of the organisations that we receive for; of all that the municipality names where none is chosen."""
    return oppsett.mottar_for or frozenset(h for o in oppsett.organisasjoner.values() for h in o.her_ider)


def _part(adressat: plo.Adressat, oppsett: Oppsett) -> str:
    kjent = _kjent(adressat, oppsett)
    if kjent is not None:
        return kjent.id
    return koordinerende_enhet(oppsett) if _tas_imot(adressat, oppsett) else ""


def _kjent(adressat: plo.Adressat, oppsett: Oppsett) -> Part | None:
    """The unit of ours that may be given what is sent to this address."""
    funnet = (oppsett.parter_etter_her_id.get(her_id) for her_id in (adressat.tjeneste_her_id, adressat.her_id))
    part = next((part for part in funnet if part is not None), None)
    return part if part is not None and part.helsetjeneste else None


def _tas_imot(adressat: plo.Adressat, oppsett: Oppsett) -> bool:
    return not oppsett.mottar_for or adressat.her_id in oppsett.mottar_for


def kilde(
    melding: plo.Melding, ref: str, mottatt: datetime, oppsett: Oppsett, lookup: Lookup, person_ref: str
) -> Meldingskilde:
    """Where a fact came from."""
    adressert, kopi = adressater(melding, oppsett)
    hode, referanser = melding.hode, melding.referanser
    return Meldingskilde(
        melding_ref=ref, msg_id=hode.msg_id, type=hode.type.verdi,
        gen_dato=øyeblikk(hode.gen_date) if hode.gen_date else mottatt, mottatt=mottatt,
        avsender=hode.avsender.her_id if hode.avsender else "",
        samtale=referanser.dialog if referanser else hode.msg_id,
        forrige=referanser.forrige if referanser else None, adressert=adressert, kopi=kopi,
        innhold=innhold_av(melding, lookup, person_ref),
    )  # fmt: skip


def innhold_av(melding: plo.Melding, lookup: Lookup, person_ref: str) -> bytes:
    """What recognises the same event, told again of the same person."""
    return lookup.fingerprint(person_ref, *_kjerne(melding))


def faktum(melding: plo.Melding, fra: Meldingskilde, lookup: Lookup, oppsett: Oppsett) -> Any:
    """The event that a message tells, with what is sensitive in boxes to be sealed."""
    match melding.innhold:
        case plo.Logistikk() as logistikk:
            return _logistikk(logistikk, fra, melding, oppsett)
        case plo.Helseopplysninger() as opplysninger:
            return _opplysninger(opplysninger, melding, fra, lookup)
        case _:
            return MeldingKnyttet(kilde=fra, status=melding.status)


def _logistikk(innhold: plo.Logistikk, fra: Meldingskilde, melding: plo.Melding, oppsett: Oppsett) -> Any:
    tid = _tid(melding)
    assert tid is not None  # the intake's checks have refused a message without
    match innhold.slag:
        case plo.Logistikkslag.INNLAGT:
            return PasientInnlagt(
                kilde=fra, innlagt=_start(tid), anslag=tid.anslag, tvetydig=tid.tvetydig,
                avdeling=avdeling(melding, oppsett), sted=Klartekst(_sted(innhold.kontakter, melding)),
            )  # fmt: skip
        case plo.Logistikkslag.UTSKRIVNINGSKLAR:
            beslutter = plo.beslutningsansvarlig(innhold)
            return UtskrivningsklarMeldt(
                kilde=fra, dato=tid.dato, anslag=tid.anslag, innlagt=_innlagt(innhold),
                beslutter_navngitt=beslutter is not None,
                beslutter=Klartekst(_fagperson(beslutter)) if beslutter else None,
            )  # fmt: skip
        case plo.Logistikkslag.AVMELDING:
            merknad = next((h.merknad for h in innhold.hendelser if h.kode == koder.AVMELDT), "")
            return UtskrivningsklarAvmeldt(
                kilde=fra, dato=tid.dato, innlagt=_innlagt(innhold),
                merknad=Klartekst(Tekst(tekst=_kort(merknad))) if merknad else None,
            )  # fmt: skip
        case plo.Logistikkslag.UTSKREVET:
            return _utskrevet(innhold, fra, tid)
        case plo.Logistikkslag.DØD:
            return DoedsfallMeldt(kilde=fra, doed=øyeblikk(tid), bare_dato=tid.bare_dato, livskrise=False)


def _utskrevet(innhold: plo.Logistikk, fra: Meldingskilde, tid: Tidspunkt) -> PasientUtskrevet:
    tilstand = innhold.uttilstand.verdi if innhold.uttilstand else ""
    til = innhold.ut_til.navn if innhold.ut_til else ""
    return PasientUtskrevet(
        kilde=fra, utskrevet=øyeblikk(tid), bare_dato=tid.bare_dato,
        utfall=Utfall.LEVENDE if tilstand == "1" else Utfall.DOED if tilstand in ("2", SELVMORD) else Utfall.UKJENT,
        livskrise=tilstand == SELVMORD, til=Klartekst(Tekst(tekst=til)) if til else None,
    )  # fmt: skip


def _opplysninger(
    innhold: plo.Helseopplysninger, melding: plo.Melding, fra: Meldingskilde, lookup: Lookup
) -> TidligmeldingSendt | OpplysningerOppdatert:
    mangler = plo.tidligmelding_mangler(innhold)
    forventet = plo.forventet_utskrivning(innhold)
    barn = plo.barn_født_år(innhold)
    fag = Helseopplysninger(
        status=_kort(innhold.status), forloep=_kort(innhold.forløp), funksjon="",
        kontakt=_kort(_kontakt(innhold.kontakter)),
        diagnoser=(), barn_foedselsaar=barn,
        annet=_kort(_annet(innhold)),
    )  # fmt: skip
    slag = OpplysningerOppdatert if melding.status == "M" else TidligmeldingSendt
    return slag(
        kilde=fra, fullstendig=not mangler, mangler=mangler, har_barn=bool(barn),
        forventet_utskrivning=forventet.dato if forventet else None, anslag=bool(forventet and forventet.anslag),
        innhold=Klartekst(fag), avtrykk=_avtrykk(fag, forventet, lookup),
    )  # fmt: skip


def _avtrykk(fag: Helseopplysninger, forventet: Tidspunkt | None, lookup: Lookup) -> tuple[Delavtrykk, ...]:
    deler = {
        "status": fag.status, "forloep": fag.forloep, "kontakt": fag.kontakt, "annet": fag.annet,
        "barn": ",".join(map(str, fag.barn_foedselsaar)),
        "forventet_utskrivning": forventet.skrevet if forventet else "",
    }  # fmt: skip
    return tuple(Delavtrykk(del_=navn, avtrykk=lookup.fingerprint(navn, verdi)[:16]) for navn, verdi in deler.items())


def _annet(innhold: plo.Helseopplysninger) -> str:
    """The sections that say more than status, course and dates, which have places of their own."""
    sagt = {*innhold.status.splitlines(), *innhold.forløp.splitlines()}
    sagt |= {f"{overskrift}:" for overskrift in koder.OVERSKRIFTER.values()}
    funnet = []
    for avsnitt in innhold.avsnitt:
        linjer = [linje for linje in avsnitt.tekst.splitlines() if linje not in sagt]
        if linjer and avsnitt.overskrift != OPPLYSNING_OPPHOLD:
            funnet.append("\n".join((avsnitt.overskrift, *linjer)))
    return "\n\n".join(funnet)


def _kort(tekst: str) -> str:
    skrevet = tekst.encode()
    return tekst if len(skrevet) <= BYTE_MAKS else skrevet[:BYTE_MAKS].decode(errors="ignore") + AVKORTET


def _tid(melding: plo.Melding) -> Tidspunkt | None:
    hendelse = plo.hovedhendelse(melding.innhold) if isinstance(melding.innhold, plo.Logistikk) else None
    return hendelse.tid if hendelse is not None else None


def _innlagt(innhold: plo.Logistikk) -> datetime | None:
    tid = plo.tid_for(innhold.hendelser, koder.INNLAGT)
    return _start(tid) if tid is not None else None


def _start(tid: Tidspunkt) -> datetime:
    """An admission told as a day begins with the day, so that nothing of it falls outside."""
    if tid.instant is not None:
        return tid.instant
    return lokal_midnatt(tid.dato)


def _kjerne(melding: plo.Melding) -> tuple[str | bytes, ...]:
    """What makes two messages the same event: what happened and when, not how it is worded (intake rule 7)."""
    innhold = melding.innhold
    match innhold:
        case plo.Logistikk():
            tilstand = innhold.uttilstand.verdi if innhold.uttilstand else ""
            return (innhold.slag, *map(_når, innhold.hendelser), tilstand)
        case plo.Helseopplysninger():
            deler = (innhold.status, innhold.forløp, *(f"{a.overskrift}:{a.tekst}" for a in innhold.avsnitt))
            referanser = (melding.referanser.forrige, melding.referanser.dialog) if melding.referanser else ()
            return (*deler, *map(_når, innhold.hendelser), *referanser)
        case plo.Rapport():
            return (avtrykk(melding),)
        case _:
            return (melding.hode.msg_id,)


def _når(hendelse: plo.TidfestetHendelse) -> str:
    """The moment as a fact, however it was written: 1.5 and 1.6 spell the same moment differently."""
    return f"{hendelse.kode}={hendelse.tid.instant or hendelse.tid.dato}"


def avdeling(melding: plo.Melding, oppsett: Oppsett) -> str | None:
    """The ward as a party, where the sending unit is one of ours."""
    avsender = melding.hode.avsender
    part = oppsett.parter_etter_her_id.get(avsender.tjeneste_her_id) if avsender else None
    return part.id if part else None


def _sted(kontakter: plo.Kontakter, melding: plo.Melding) -> Sted:
    avsender = melding.hode.avsender
    enhet = kontakter.enheter[0] if kontakter.enheter else (avsender.enhet if avsender else None)
    telefon = next((t for e in kontakter.enheter for t in e.telefoner), "")
    personer = (*kontakter.kontaktpersoner, *kontakter.ansvarlige)
    return Sted(
        institusjon=avsender.organisasjon.navn if avsender else "", enhet=enhet.navn if enhet else "",
        telefon=telefon, kontakt=_navn(personer[0]) if personer else "",
    )  # fmt: skip


def _kontakt(kontakter: plo.Kontakter) -> str:
    linjer = [f"{enhet.navn} {' '.join(enhet.telefoner)}" for enhet in kontakter.enheter]
    linjer += [f"{_navn(p)} {' '.join(p.telefoner)}" for p in (*kontakter.kontaktpersoner, *kontakter.ansvarlige)]
    return "\n".join(linje.strip() for linje in linjer)


def _fagperson(person: plo.Helsepersonell) -> Fagperson:
    yrke = {koder.LEGE: "lege", koder.PSYKOLOG: "psykolog"}.get(person.yrke, person.yrke)
    return Fagperson(navn=_navn(person), yrke=yrke, telefon=" ".join(person.telefoner))


def _navn(person: plo.Helsepersonell) -> str:
    return f"{person.fornavn} {person.etternavn}".strip()
