"""Intake: an official message becomes what happened to a stay, exactly once, and gets its receipt.

Reading and checking go on outside any transaction. What it leads to is planned and carried out in one: the message
kept as it came, the person found or registered, the fact placed in its stay, the receipt set. Rules: intake.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.core.errors import TooLarge
from bindeledd.ops import metrics
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Lookup
from bindeledd.schema.generated.samhandling import (
    Grunnkode,
    KvitteringSatt,
    MeldingMottatt,
    Meldingskilde,
    Meldingsutfall,
    OppholdKansellert,
)
from services.felles.oppsett import Oppsett
from services.samhandling import kvittering, tolkning
from services.samhandling.folkeregister import AKTØR, identifiser
from services.samhandling.plassering import pass_inn
from services.samhandling.plo.apprec import apprec_versjon, kvitteringsstatus, skriv_apprec
from services.samhandling.plo.koder import STØTTEDE_TYPER
from services.samhandling.plo.kontroll import IKKE_SATT_OPP, kontroller_melding
from services.samhandling.plo.melding import Funn, Hode, Melding, UleseligMelding
from services.samhandling.plo.parse import les_melding
from services.samhandling.projections import Kjent, finn_kjente

FOR_STORT = Funn("T99", "for-stort-innhold", "Meldingen fører til mer enn dette mottaket kan føre inn på én gang")
"""What a message is refused for when a record that it leads to would not fit: no message should get this far."""


@dataclass(frozen=True, slots=True)
class Mottaksresultat:
    """What became of a message: `outcome` as the command line says it, and the receipt (None: it gets none)."""

    outcome: str
    type: str
    msg_id: str
    reasons: tuple[Grunnkode, ...] = ()
    warnings: tuple[str, ...] = ()
    opphold_ref: str | None = None
    apprec: bytes | None = None
    melding_ref: str = ""


@dataclass(frozen=True, slots=True)
class _Lest:
    """A message as far as it could be read, and what was found wrong with it."""

    raw: bytes
    hode: Hode | None
    melding: Melding | None
    funn: tuple[Funn, ...]

    @property
    def avvist(self) -> bool:
        return any(funn.avviser for funn in self.funn)


def ta_imot(samhandling: Engine, raw: bytes, *, mottatt: datetime | None = None) -> Mottaksresultat:
    """Take in one message's bytes. Durable on return; the same bytes again give the same receipt and nothing more.

    `mottatt` is when it reached us (default: now). Never raises for what is wrong with the message: that is an
    outcome, with its reason. Raises TransientError when the store cannot take it in now.
    """
    oppsett: Oppsett = samhandling.service.rules.oppsett
    lest = _les(raw, oppsett)
    try:
        resultat = _gjennomfør(samhandling, lest, oppsett, mottatt)
    except TooLarge:
        # Nothing of it took effect, and a message that is neither kept nor answered would be lost.
        lest = replace(lest, funn=(*lest.funn, FOR_STORT))
        resultat = _gjennomfør(samhandling, lest, oppsett, mottatt)
    type_ = resultat.type if resultat.type in STØTTEDE_TYPER else "other"  # never the sender's own text
    metrics.MESSAGES.labels(type_, resultat.outcome).inc()
    return resultat


def _gjennomfør(samhandling: Engine, lest: _Lest, oppsett: Oppsett, mottatt: datetime | None) -> Mottaksresultat:
    resultat: Mottaksresultat = samhandling.command(
        lambda lookup: _plan(lookup, lest, oppsett, (mottatt or lookup.now).astimezone(UTC))
    ).answer
    return resultat


def _les(raw: bytes, oppsett: Oppsett) -> _Lest:
    try:
        melding = les_melding(raw)
    except UleseligMelding as feil:
        return _Lest(raw, feil.hode, None, (feil.funn,))
    funn = kontroller_melding(
        melding, vi_mottar_for=oppsett.mottar_for,
        kjente_enheter=frozenset(oppsett.parter_etter_her_id), tillat_testnummer=oppsett.tillat_testnummer,
        kjente_organisasjoner=tolkning.organisasjoner(oppsett),
    )  # fmt: skip
    return _Lest(raw, melding.hode, melding, tuple(dict.fromkeys((*tolkning.utenfor_reglene(melding), *funn))))


def _plan(
    lookup: Lookup, lest: _Lest, oppsett: Oppsett, mottatt: datetime
) -> tuple[Sequence[Bestilling], Mottaksresultat]:
    avtrykk = lookup.fingerprint(lest.raw)
    kjente = finn_kjente(lookup.db, lest.hode.msg_id if lest.hode else "", avtrykk)
    for kjent in kjente:
        if kjent.avtrykk == avtrykk:
            return (), _duplikat(lookup, kjent)
    if any(kjent.utfall != Meldingsutfall.KONFLIKT for kjent in kjente):
        return _konflikt(lookup, lest, oppsett, mottatt, avtrykk)
    if lest.melding is None or lest.avvist:
        return _avvis(lookup, lest, oppsett, mottatt, avtrykk)
    return _ta_inn(lookup, lest, lest.melding, oppsett, mottatt, avtrykk)


def _duplikat(lookup: Lookup, kjent: Kjent) -> Mottaksresultat:
    """Same id and same bytes: the first answer again, byte for byte, and no second effect (intake rule 7)."""
    sak: kvittering.Kvitteringssak = lookup.state(kvittering.TOPIC, kjent.melding_ref)
    assert sak.mottatt is not None
    outcome = "conflict" if kjent.utfall == Meldingsutfall.KONFLIKT else "duplicate"
    grunner = sak.mottatt.grunner
    tatt_inn = sak.mottatt.utfall not in (Meldingsutfall.AVVIST, Meldingsutfall.KONFLIKT)
    return Mottaksresultat(
        outcome, sak.mottatt.type, sak.mottatt.msg_id, () if tatt_inn else grunner,
        tuple(grunn.tekst for grunn in grunner) if tatt_inn else (), sak.opphold_ref,
        sak.kvittering.xml if sak.kvittering else None, kjent.melding_ref,
    )  # fmt: skip


def _konflikt(
    lookup: Lookup, lest: _Lest, oppsett: Oppsett, mottatt: datetime, avtrykk: bytes
) -> tuple[Sequence[Bestilling], Mottaksresultat]:
    """Same id and other bytes: kept and shown, no receipt of its own; the first one stands (intake rule 7)."""
    grunn = Grunnkode(kode="", tekst="Meldingen har samme id som en tidligere melding, men annet innhold")
    ref = lookup.ref()
    person_ref = _kjent_person(lookup, lest, ref, oppsett)
    hendelse = _mottatt(lookup, lest, oppsett, mottatt, avtrykk, Meldingsutfall.KONFLIKT, (grunn,))
    hendelse = _om(lookup, hendelse, person_ref, oppsett)
    resultat = Mottaksresultat("conflict", hendelse.type, hendelse.msg_id, (grunn,), melding_ref=ref)
    return [_til_melding(ref, kvittering.TaImot(hendelse), person_ref, mottatt, lest.raw)], resultat


def _avvis(
    lookup: Lookup, lest: _Lest, oppsett: Oppsett, mottatt: datetime, avtrykk: bytes
) -> tuple[Sequence[Bestilling], Mottaksresultat]:
    """Refused: nothing is left behind but the receipt and the bytes."""
    grunner = _grunner(lest, avviser=True)
    ref = lookup.ref()
    person_ref = _kjent_person(lookup, lest, ref, oppsett)
    hendelse = _om(
        lookup, _mottatt(lookup, lest, oppsett, mottatt, avtrykk, Meldingsutfall.AVVIST, grunner), person_ref, oppsett
    )
    kvitt, xml = _kvitter(lookup, ref, lest, person_ref, mottatt)
    resultat = Mottaksresultat("negative", hendelse.type, hendelse.msg_id, grunner, (), None, xml, ref)
    return [_til_melding(ref, kvittering.TaImot(hendelse), person_ref, mottatt, lest.raw), *kvitt], resultat


def _om(lookup: Lookup, hendelse: MeldingMottatt, person_ref: str | None, oppsett: Oppsett) -> MeldingMottatt:
    """What is about nobody known here is shredded with nobody, so it gets a day of its own (intake rule 13)."""
    if person_ref is not None:
        return hendelse
    return replace(hendelse, makuleres=kvittering.makuleres(lookup.now, oppsett))


def _kjent_person(lookup: Lookup, lest: _Lest, ref: str, oppsett: Oppsett) -> str | None:
    """Whose bytes they are, so that they are shredded with the person's own. Nobody is registered for it."""
    return identifiser(lookup, lest.melding, ref, oppsett).kjent_person if lest.melding else None


def _ta_inn(
    lookup: Lookup, lest: _Lest, melding: Melding, oppsett: Oppsett, mottatt: datetime, avtrykk: bytes
) -> tuple[Sequence[Bestilling], Mottaksresultat]:
    ref = lookup.ref()
    person = identifiser(lookup, melding, ref, oppsett)
    kilde = tolkning.kilde(melding, ref, mottatt, oppsett, lookup, person.person_ref)
    alle = (*lest.funn, *person.funn, *_for_sent(melding, mottatt, oppsett))
    lest = replace(lest, funn=tuple(dict.fromkeys(alle)))
    inn = pass_inn(lookup, person, _det_den_sier(melding, kilde, lookup, oppsett), AKTØR)
    hendelse = replace(
        _mottatt(lookup, lest, oppsett, mottatt, avtrykk, inn.utfall, _grunner(lest, avviser=False)),
        opphold_ref=inn.opphold_ref,
        innhold=kilde.innhold,
    )
    kvitt, xml = _kvitter(lookup, ref, lest, person.person_ref, mottatt)
    først = _til_melding(ref, kvittering.TaImot(hendelse), person.person_ref, mottatt, lest.raw)
    ordre = [først, *person.ordre, *inn.ordre, *kvitt]
    resultat = Mottaksresultat(
        "held" if inn.utfall is Meldingsutfall.HOLDT else "positive", hendelse.type, hendelse.msg_id, (),
        tuple(funn.tekst for funn in lest.funn), inn.opphold_ref, xml, ref,
    )  # fmt: skip
    return [replace(o, mottatt=o.mottatt or mottatt) for o in ordre], resultat


def _det_den_sier(melding: Melding, kilde: Meldingskilde, lookup: Lookup, oppsett: Oppsett) -> Any:
    """The event that a message tells: a fact, or that earlier ones are withdrawn."""
    if melding.status != "C":
        return tolkning.faktum(melding, kilde, lookup, oppsett)
    samtale = melding.referanser.dialog if melding.referanser else None
    return OppholdKansellert(kilde=kilde, gjelder_type=melding.hode.type.verdi, gjelder_samtale=samtale)


def _for_sent(melding: Melding, mottatt: datetime, oppsett: Oppsett) -> list[Funn]:
    """What is said to have happened after it reached us is flagged: it decides no clock by itself."""
    slingring: timedelta = oppsett.regler.verdi("hendt_etter_mottatt", mottatt).varighet
    hendt = tolkning.hendt(melding)
    if hendt is None or hendt <= mottatt + slingring:
        return []
    return [Funn("", "hendt-etter-mottatt", "Tidspunktet i meldingen ligger etter at den ble mottatt", False)]


def _mottatt(
    lookup: Lookup, lest: _Lest, oppsett: Oppsett, mottatt: datetime, avtrykk: bytes,
    utfall: Meldingsutfall, grunner: tuple[Grunnkode, ...],
) -> MeldingMottatt:  # fmt: skip
    hode, melding = lest.hode, lest.melding
    adressert, kopi = tolkning.adressater(melding, oppsett) if melding else ((), ())
    referanser = melding.referanser if melding else None
    msg_id = hode.msg_id if hode else ""
    return MeldingMottatt(
        msg_id=msg_id, type=hode.type.verdi if hode else "", standard=hode.standard if hode else "ukjent",
        forsendelse=melding.status if melding else "",
        gen_dato=tolkning.øyeblikk(hode.gen_date) if hode and hode.gen_date else None,
        avsender=hode.avsender.her_id if hode and hode.avsender else "",
        avsender_navn=hode.avsender.organisasjon.navn if hode and hode.avsender else "",
        avdeling=tolkning.avdeling(melding, oppsett) if melding else None,
        samtale=referanser.dialog if referanser else msg_id, forrige=referanser.forrige if referanser else None,
        adressert=adressert, kopi=kopi, utfall=utfall, grunner=grunner, fingeravtrykk=avtrykk, mottatt=mottatt,
        aapnes_innen=kvittering.åpnes_innen(mottatt, oppsett) if utfall is not Meldingsutfall.AVVIST else None,
        uten_mottaker=melding is not None and tolkning.uten_mottaker(melding, oppsett),
    )  # fmt: skip


def _grunner(lest: _Lest, *, avviser: bool) -> tuple[Grunnkode, ...]:
    """What was found of the message. What is wrong with our own set-up, who hands it in is told, not who reads it."""
    funn = (f for f in lest.funn if f != IKKE_SATT_OPP)
    return tuple(Grunnkode(kode=f.kode, tekst=f.tekst) for f in funn if f.avviser or not avviser)


def _kvitter(
    lookup: Lookup, ref: str, lest: _Lest, person_ref: str | None, mottatt: datetime
) -> tuple[list[Bestilling], bytes | None]:
    """The one receipt of this message: a row in the log, in the clear, without patient data. None without a sender."""
    apprec_id = _som_uuid(lookup.ref())
    xml = skriv_apprec(lest.hode, lest.funn, kvitterings_id=apprec_id, tidspunkt=mottatt)
    if xml is None or lest.hode is None:
        return [], None
    satt = KvitteringSatt(
        apprec_id=apprec_id, standard=apprec_versjon(lest.hode), status=kvitteringsstatus(lest.funn),
        feil=tuple(Grunnkode(kode=f.kode, tekst=f.tekst) for f in lest.funn if f.kode), xml=xml,
    )  # fmt: skip
    return [_til_melding(ref, kvittering.SettKvittering(satt), person_ref, mottatt)], xml


def _til_melding(
    ref: str, command: Any, person_ref: str | None, mottatt: datetime, raw: bytes | None = None
) -> Bestilling:
    return Bestilling(
        kvittering.TOPIC, ref, command, AKTØR, person_ref=person_ref, mottatt=mottatt, hendt=mottatt, raw=raw
    )


def _som_uuid(ref: str) -> str:
    return f"{ref[:8]}-{ref[8:12]}-{ref[12:16]}-{ref[16:20]}-{ref[20:]}"
