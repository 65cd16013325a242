"""What can be said of a message from the message alone: why it is refused, and what a person should be warned of.

The rules are those of the national message standards for receivers; each finding names its rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import replace
from typing import Final, Literal, assert_never

from services.samhandling.plo import identitet, koder
from services.samhandling.plo.melding import (
    HENDELSE_FOR_SLAG,
    MANGLER,
    Adressat,
    Annen,
    Dialog,
    Funn,
    Helseopplysninger,
    Innhold,
    Logistikk,
    Logistikkslag,
    Melding,
    Pasient,
    Rapport,
    TidfestetHendelse,
    beslutningsansvarlig,
    hovedhendelse,
    tidligmelding_mangler,
    utsteder,
)

Rolle = Literal["mottaker", "kopimottaker", "begge", "ingen"]

IKKE_SATT_OPP: Final = Funn(
    "", "mottaker-ikke-satt-opp", "Det er ikke satt opp hvem vi mottar for, så alle tas imot", False
)
"""Nothing is wrong with the message: the installation names nobody to receive for."""
_SLAG_FOR_TYPE: Final = {
    "LOG_INNLAGT": Logistikkslag.INNLAGT,
    "LOG_UTSKRIVNINGSKLAR": Logistikkslag.UTSKRIVNINGSKLAR,
    "LOG_AVMELDING": Logistikkslag.AVMELDING,
    "LOG_UTSKREVET": Logistikkslag.UTSKREVET,
    "LOG_DOD": Logistikkslag.DØD,
}
# Which service a type is for (the national guide to addressing): to be told a sender who chose one unknown to us.
_SAKSBEHANDLING: Final = "saksbehandlertjenesten (KD0501)"
_PSYKISK_HELSE: Final = "psykisk helsetjeneste (KP03) eller sykepleietjenesten"
_RETT_TJENESTE: Final = {
    "LOG_INNLAGT": _PSYKISK_HELSE,
    "LOG_UTSKREVET": _PSYKISK_HELSE,
    "UTSKRIVNINGSRAPPORT": _PSYKISK_HELSE,
    "LOG_UTSKRIVNINGSKLAR": _SAKSBEHANDLING,
    "LOG_AVMELDING": _SAKSBEHANDLING,
    "HELSEOPPL_SOKNAD": _SAKSBEHANDLING,
}
# What is wrong with the content matters less when the message only withdraws an earlier one.
_INNHOLDSREGLER: Final = frozenset(("tidspunkt", "anslag", "foedselsaar"))


def kontroller_melding(
    melding: Melding, *, vi_mottar_for: Set[str], kjente_enheter: Set[str], tillat_testnummer: bool,
    kjente_organisasjoner: Set[str] = frozenset(),
) -> tuple[Funn, ...]:  # fmt: skip
    """Every finding about a message, refusals first.

    `vi_mottar_for` are the HER-ids of the organisations that we receive for (none: any, with a warning);
    `kjente_enheter` those of the services that we know (none: not judged), in `kjente_organisasjoner` where no
    organisation is chosen. No finding holds a person's data.
    """
    if melding.hode.type.verdi not in koder.STØTTEDE_TYPER:
        ikke_støttet = Funn("T10", "type", "Meldingstypen støttes ikke av dette mottaket")
        return (ikke_støttet, *_konvolutt(melding, vi_mottar_for))
    funn = (
        *_konvolutt(melding, vi_mottar_for),
        *_tjeneste(melding, vi_mottar_for or kjente_organisasjoner, kjente_enheter),
        *_pasient(melding, tillat_testnummer),
        *_lesefunn(melding),
        *_status(melding),
        *_innhold(melding),
        *_tider(melding.innhold),
    )
    return tuple(sorted(funn, key=lambda f: not f.avviser))


def vår_rolle(melding: Melding, vi_mottar_for: Set[str]) -> Rolle:
    """Whether the message came to us as its receiver, as a copy receiver, both (same organisation), or neither.

    With no organisation configured we are the receiver of whatever comes in.
    """
    if not vi_mottar_for:
        return "mottaker"
    mottaker = _er_vår(melding.hode.mottaker, vi_mottar_for)
    kopi = any(_er_vår(adressat, vi_mottar_for) for adressat in melding.kopimottakere)
    if mottaker:
        return "begge" if kopi else "mottaker"
    return "kopimottaker" if kopi else "ingen"


def _er_vår(adressat: Adressat | None, vi_mottar_for: Set[str]) -> bool:
    return adressat is not None and adressat.her_id in vi_mottar_for


def _konvolutt(melding: Melding, vi_mottar_for: Set[str]) -> Iterator[Funn]:
    hode = melding.hode
    if not hode.msg_id:
        yield Funn("E10", "msgid", "Meldingen mangler meldingsidentifikator (MsgId)")
    if hode.avsender is None or not hode.avsender.organisasjon.identer:
        yield Funn("T02", "avsender", "Meldingen sier ikke hvem som er avsender")
    if hode.mottaker is None or not hode.mottaker.organisasjon.identer:
        yield Funn("T02", "mottaker", "Meldingen sier ikke hvem som er mottaker")
        return
    if not vi_mottar_for:
        yield IKKE_SATT_OPP
    elif vår_rolle(melding, vi_mottar_for) == "ingen":
        yield Funn("E21", "feil-organisasjon", "Mottakerorganisasjonen er ikke en som dette mottaket tar imot for")


def _tjeneste(melding: Melding, organisasjoner: Set[str], kjente_enheter: Set[str]) -> Iterator[Funn]:
    """Right organisation, unknown service: for the manual queue, and the sender is told which would be right."""
    alle = (melding.hode.mottaker, *melding.kopimottakere)
    våre = [a for a in alle if a is not None and a.her_id in organisasjoner]
    if not kjente_enheter or not våre or any(a.tjeneste_her_id in kjente_enheter for a in våre):
        return
    rett = _RETT_TJENESTE.get(melding.hode.type.verdi)
    råd = f" Meldingstypen hører til {rett}." if rett else ""
    tekst = f"Tjenesten er ukjent hos mottaker. Meldingen er tatt imot til manuell kø.{råd}"
    yield Funn("E21", "ukjent-tjeneste", tekst, False)


def _pasient(melding: Melding, tillat_testnummer: bool) -> Iterator[Funn]:
    pasient = melding.pasient
    if pasient is None:
        yield Funn("E36", "pasient", "Meldingen mangler opplysninger om pasienten")
        return
    if not (pasient.etternavn and pasient.fornavn):
        yield Funn("E32", "pasientnavn", "Pasientens for- eller etternavn mangler")
    if not any(ident.type in identitet.KJENTE for ident in pasient.identer):
        yield Funn("E30", "identitet-mangler", "Pasientens fødselsnummer, D-nummer eller hjelpenummer mangler")
    if pasient.født is None and not any(ident.type in identitet.NASJONALE for ident in pasient.identer):
        yield Funn("E36", "foedselsdato-mangler", "Pasientens fødselsdato mangler, og det er ikke fødselsnummer")
    yield from _identer(pasient, melding.hode.avsender, tillat_testnummer)


def _identer(pasient: Pasient, avsender: Adressat | None, tillat_testnummer: bool) -> Iterator[Funn]:
    feil = [
        identitet.kontroller(
            ident.id,
            ident.type,
            utsteder(ident, avsender),
            tillat_testnummer=tillat_testnummer,
            født=pasient.født,
        )
        for ident in pasient.identer
    ]
    # Of several numbers only one need hold the birth date: a date that was corrected gives a new number.
    datoer = {identitet.fødselsdato(ident.id, ident.type) for ident in pasient.identer}
    enig = pasient.født in datoer - {None}
    for funn in feil:
        if funn is not None:
            yield replace(funn, kode="", avviser=False) if enig and funn.regel == "foedselsdato-uenig" else funn


def _lesefunn(melding: Melding) -> Iterator[Funn]:
    for funn in melding.lesefunn:
        bare_kansellering = melding.status == "C" and funn.regel in _INNHOLDSREGLER
        yield replace(funn, kode="", avviser=False) if bare_kansellering else funn


def _status(melding: Melding) -> Iterator[Funn]:
    if melding.status == "M" and isinstance(melding.innhold, Logistikk):
        yield Funn("T99", "logistikk-endring", "Pasientlogistikk kan bare være ny (N) eller kansellering (C)")
    if melding.status == "M" and melding.referanser is None:
        yield Funn("", "endring-uten-referanse", "Endringen viser ikke til meldingen den erstatter", False)
    if melding.status == "C" and melding.referanser is None:
        yield Funn("", "kansellering-uten-referanse", "Kanselleringen viser ikke til det den trekker tilbake", False)


def _innhold(melding: Melding) -> Iterator[Funn]:
    if not _innhold_passer(melding.hode.type.verdi, melding.innhold):
        yield Funn("T99", "innhold", "Det faglige innholdet mangler, eller er ikke det som meldingstypen sier")
        return
    if melding.vedlegg:
        yield Funn("", "vedlegg", "Meldingen har vedlegg som ikke er lest", False)
    match melding.innhold:
        case Logistikk() as logistikk:
            yield from _logistikk(logistikk, melding.status)
        case Helseopplysninger() as opplysninger:
            yield from _helseopplysninger(opplysninger, melding)
        case Dialog() as dialog:
            if not dialog.innlegg:
                yield Funn("T99", "dialog-tom", "Dialogmeldingen har verken forespørsel eller notat")
        case Rapport() | Annen():
            return
        case uventet:
            assert_never(uventet)


def _innhold_passer(type_: str, innhold: Innhold) -> bool:
    match innhold:
        case Logistikk(slag=slag):
            return _SLAG_FOR_TYPE.get(type_) is slag
        case Helseopplysninger():
            return type_ == koder.HELSEOPPLYSNINGER
        case Rapport():
            return type_ in koder.RAPPORTTYPER
        case Dialog():
            return type_ in koder.DIALOGTYPER
        case Annen():
            return False
        case uventet:
            assert_never(uventet)


def _logistikk(logistikk: Logistikk, status: str) -> Iterator[Funn]:
    if status == "C":
        return
    yield from _hendelse(logistikk)
    if logistikk.slag is Logistikkslag.UTSKREVET:
        yield from _utskrevet(logistikk)
    if logistikk.slag is Logistikkslag.UTSKRIVNINGSKLAR and beslutningsansvarlig(logistikk) is None:
        # forskrift 2011-11-18-1115 §9 and §10.
        yield Funn("", "beslutningsansvarlig", "Ingen lege eller psykolog er navngitt som beslutningsansvarlig", False)


def _hendelse(logistikk: Logistikk) -> Iterator[Funn]:
    """The event that the message is about must be there under its code of kodeverk 9121 (HIS 1149)."""
    hendelse = hovedhendelse(logistikk)
    if hendelse is None:
        kode = HENDELSE_FOR_SLAG[logistikk.slag]
        navn = koder.HENDELSER[kode]
        yield Funn("T99", "hendelse", f"Meldingen mangler hendelsen «{navn}» (kode {kode} i kodeverk 9121)")
    elif logistikk.slag is Logistikkslag.INNLAGT and hendelse.tid.bare_dato:
        yield Funn("", "innlagt-uten-klokkeslett", "Innleggelsen er oppgitt med dato, men uten klokkeslett", False)


def _utskrevet(logistikk: Logistikk) -> Iterator[Funn]:
    if logistikk.ut_til is None:
        yield Funn("T02", "ut-til", "Meldingen sier ikke hvor pasienten er skrevet ut til (kodeverk 8408)")
    if logistikk.uttilstand is None:
        yield Funn("", "uttilstand-mangler", "Meldingen sier ikke pasientens tilstand ved utskrivning", False)
    elif logistikk.uttilstand.verdi not in koder.UTTILSTANDER:
        yield Funn("T99", "uttilstand", "Pasientens tilstand ved utskrivning er ikke en kode i kodeverk 8431")


def _helseopplysninger(innhold: Helseopplysninger, melding: Melding) -> Iterator[Funn]:
    if melding.status == "C":
        return
    if melding.hode.standard == "1.6" and innhold.type_innhold is None:
        yield Funn("T02", "type-innhold", "Meldingen sier ikke om den er varsel om innlagt pasient eller oppdatering")
    mangler = tidligmelding_mangler(innhold, melding.hode.avsender)
    if mangler:
        liste = ", ".join(MANGLER[mangel] for mangel in mangler)
        # forskrift 2011-11-18-1115 §8: taken in, but it does not stop the clock.
        yield Funn("", "tidligmelding-ufullstendig", f"Tidligmeldingen mangler det §8 krever: {liste}", False)


def _tider(innhold: Innhold) -> Iterator[Funn]:
    for hendelse in _hendelser(innhold):
        navn = koder.HENDELSER.get(hendelse.kode, "Hendelsen")
        if hendelse.tid.tvetydig:
            yield Funn("", "tid-tvetydig", f"{navn}: klokkeslettet finnes to ganger det døgnet", False)
        if hendelse.tid.finnes_ikke:
            yield Funn("", "tid-finnes-ikke", f"{navn}: klokkeslettet finnes ikke det døgnet", False)


def _hendelser(innhold: Innhold) -> tuple[TidfestetHendelse, ...]:
    return innhold.hendelser if isinstance(innhold, Logistikk | Helseopplysninger) else ()
