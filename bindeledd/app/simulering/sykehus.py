"""Writes what a ward sends about a stay: who it is from, who it is to, and what has happened."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime

from bindeledd.app.simulering.folk import Innbygger
from services.felles.oppsett import Oppsett, Part
from services.samhandling.plo import skriv
from services.samhandling.plo.koder import ID_TYPE_ORGANISASJON, ID_TYPE_PERSON
from services.samhandling.plo.melding import Adressat, Helsepersonell, Ident, Kontakter, Organisasjon, Referanser
from services.samhandling.plo.skriv import Sending

UKJENT_HER_ID = "99999999"
"""Of a service that nobody has."""
LEGE = Helsepersonell("Prøvelege", "Vakthavende", "LE", "19", (Ident("9999999", "HPR", ID_TYPE_PERSON),))
STATUS = (
    "Innlagt med forverring. Rolig på posten, spiser og sover bedre etter første natt.",
    "Innlagt etter eget ønske. Motivert for behandling, trenger ro og faste tider.",
    "Innlagt med uro og lite søvn. Samarbeider om medisiner, ønsker kontakt med teamet sitt.",
)
FORLØP = (
    "Forventes klar for utskriving om få dager. Trenger daglig oppfølging den første uken.",
    "Uavklart bosituasjon. Samarbeidsmøte bør holdes før utskriving.",
    "Kort opphold er planlagt. Tett kontakt med koordinator avtales.",
)


@dataclass(slots=True)
class Avdeling:
    """A ward that writes about one person's stay. Remembers its dialogue."""

    innbygger: Innbygger
    oppsett: Oppsett
    post: str
    mottaker: str
    kopi: str | None
    standard: str
    terning: random.Random
    forrige: str = ""
    dialog: str = ""

    def innlagt(self, sendt: datetime, tid: datetime) -> bytes:
        """LOG_INNLAGT."""
        return skriv.lag_innlagt(self._sending(sendt), tid=tid)

    def tidligmelding(self, sendt: datetime, forventet: date) -> bytes:
        """HELSEOPPL_SOKNAD, new: with the mandatory content."""
        status, forløp = self.terning.choice(STATUS), self.terning.choice(FORLØP)
        sending = self._sending(sendt)
        self.dialog, self.forrige = sending.msg_id, sending.msg_id
        return skriv.lag_tidligmelding(sending, status=status, forløp=forløp, forventet=forventet)

    def oppdatering(self, sendt: datetime, forventet: date) -> bytes:
        """HELSEOPPL_SOKNAD, changed: replaces what was sent."""
        sending = replace(self._sending(sendt), status="M", referanser=Referanser(self.forrige, self.dialog))
        self.forrige = sending.msg_id
        status, forløp = self.terning.choice(STATUS), self.terning.choice(FORLØP)
        return skriv.lag_tidligmelding(sending, status=status, forløp=forløp, forventet=forventet)

    def klar(self, sendt: datetime, dato: date, *, lege: bool) -> bytes:
        """LOG_UTSKRIVNINGSKLAR, with or without whoever decided it."""
        return skriv.lag_utskrivningsklar(self._sending(sendt, lege=lege), dato=dato)

    def avmeldt(self, sendt: datetime, dato: date) -> bytes:
        """LOG_AVMELDING."""
        return skriv.lag_avmelding(self._sending(sendt), dato=dato, merknad="Trenger noen dager til")

    def utskrevet(self, sendt: datetime, tid: datetime) -> bytes:
        """LOG_UTSKREVET, alive."""
        return skriv.lag_utskrevet(self._sending(sendt), tid=tid)

    def død(self, sendt: datetime, tid: datetime) -> bytes:
        """LOG_DOD."""
        return skriv.lag_død(self._sending(sendt), tid=tid)

    def rapport(self, sendt: datetime) -> bytes:
        """UTSKRIVNINGSRAPPORT."""
        return skriv.lag_rapport(self._sending(sendt), "UTSKRIVNINGSRAPPORT", notat="Avtalt oppfølging er gjennomgått.")

    def uten_navn(self, sendt: datetime, tid: datetime) -> bytes:
        """A LOG_INNLAGT that must be refused: the sender forgot the name."""
        sending = self._sending(sendt)
        return skriv.lag_innlagt(
            replace(sending, pasient=replace(sending.pasient, etternavn="", fornavn="")), tid=tid
        )  # fmt: skip

    def innlagt_avlyst(self, sendt: datetime, tid: datetime) -> bytes:
        """LOG_INNLAGT, cancelled."""
        return skriv.lag_innlagt(replace(self._sending(sendt), status="C"), tid=tid)

    def til_ukjent_tjeneste(self, sendt: datetime) -> bytes:
        """A report to the right organisation, and a service that it does not have."""
        sending = self._sending(sendt)
        ukjent = replace(sending.mottaker, enhet=Organisasjon("Tjeneste som er lagt ned", _her((UKJENT_HER_ID,))))
        sending = replace(sending, mottaker=ukjent)
        return skriv.lag_rapport(sending, "INNLEGGELSESRAPPORT", notat="Trenger støtte hjemme etterpå.")

    def _sending(self, sendt: datetime, *, lege: bool = True) -> Sending:
        parter = self.oppsett.parter
        enhet = _enhet(parter[self.post])
        return Sending(
            msg_id=str(uuid.UUID(bytes=self.terning.randbytes(16), version=4)), gen_date=sendt,
            avsender=_adressat(self.oppsett, self.post), mottaker=_adressat(self.oppsett, self.mottaker),
            pasient=self.innbygger.pasient(), standard="1.5" if self.standard == "1.5" else "1.6",
            kopimottakere=(_adressat(self.oppsett, self.kopi),) if self.kopi else (),
            kontakter=Kontakter(enheter=(replace(enhet, telefoner=("55000000",)),), ansvarlige=(LEGE,) if lege else ()),
        )  # fmt: skip


def _adressat(oppsett: Oppsett, part: str) -> Adressat:
    enhet = oppsett.parter[part]
    organisasjon = oppsett.organisasjoner[enhet.organisasjon]
    return Adressat(Organisasjon(organisasjon.navn, _her(organisasjon.her_ider)), _enhet(enhet))


def _enhet(part: Part) -> Organisasjon:
    return Organisasjon(part.navn, _her(part.her_ider))


def _her(ider: tuple[str, ...]) -> tuple[Ident, ...]:
    return tuple(Ident(id_, "HER", ID_TYPE_ORGANISASJON) for id_ in ider[:1])
