"""A family in which somebody falls ill, told in random steps: stays, children's cases, crisis plans, consents, and what
is written by hand in each of them, a diagnosis and a medicine too."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bindeledd.core.errors import BindeleddError
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.barn_paaroerende import Barnenummer, Barnerelasjon, Barnet, Meldepliktutfall
from bindeledd.schema.generated.felles import Tekst
from services.ansvarsgruppe import planer as ansvarsgruppe
from services.ansvarsgruppe import samtykke
from services.barn_pårørende import barneplaner, planer
from services.barn_pårørende.barneplaner import Henvisningstekst
from services.kriseplan import planer as kriseplan
from services.samhandling.plo.skriv import lag_død, lag_innlagt, lag_tidligmelding, lag_utskrevet
from tests.leak.merker import ORD
from tests.meldinger import syntetisk
from tests.rom import HELE_BERGEN, TABELL, Rom, rom
from tests.stories.folk import RAMMER, Menneske, aktør, enhet, menneske
from tests.unit.samhandling.meldinger import sending, utc

DPS, PAM, ENHET = "dps-betanien", "pam", "enhet-laksevaag"
HELSE, UTENFOR = ("helsestasjon-laksevaag", "bup", "fastlege"), ("barnehage-laksevaag", "skole-laksevaag", "ppt")
MOTTAKERE = (*HELSE, *UTENFOR)
ANDRE = ("nav-laksevaag", "barnevern-laksevaag", "paaroerende", "slt")
DELER = ("barn.kartlagt", "barn.foreldersyk", "barn.oppgaver")
ALLE_DELER = (*sorted(TABELL.deler), *sorted({del_.partition(".")[0] + ".*" for del_ in TABELL.deler}))
BEGYNT = utc(2026, 3, 10, 8, 0)
SYK = {
    "melding": "innlagt med schizoaffektiv lidelse (F25.1), står på klozapin 300 mg vesp",
    "kriseplan": "ved stemningsskifte: bipolar lidelse type I, øk litium til 900 mg",
    "sak": "mor har paranoid psykose og tar olanzapin 10 mg",
}
"""As somebody would write it in a message about the adult, in the adult's crisis plan, and in what a child's case keeps
of the adult."""
STØTTE, KONTAKT = ORD["hjem"], ORD["kontakt"]
"""What a receiver is told."""
Skritt = Callable[["Historie"], None]


@dataclass(slots=True)
class Historie:
    """A family, and what has happened to it so far."""

    rom: Rom
    tilfeldig: random.Random
    foreldre: list[Menneske]
    saker: dict[int, str] = field(default_factory=dict)
    tider: list[datetime] = field(default_factory=list)
    ventet: list[date] = field(default_factory=list)
    """The days on which somebody was to be discharged."""
    samtykket: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Party → the parts that somebody has ever consented to."""
    nr: int = 0

    def gjør(self, tjeneste: str, plan: Any) -> bool:
        """Whether the rules let it be done at this point of a random history."""
        try:
            self.rom.gjør(tjeneste, plan)
        except BindeleddError:
            return False
        return True

    def en(self, *valg: Any) -> Any:
        return self.tilfeldig.choice(valg)

    def melding(self, lag: Callable[[Any, datetime], bytes], hvem: Menneske, part: str) -> datetime:
        """A message comes in about something that happened the day before: on a day, and at a minute of the hour, on
        which nothing else happens. Returns that moment."""
        self.nr += 1
        hendt = (self.rom.klokke.now + timedelta(days=1)).replace(minute=53, second=17, microsecond=0)
        nå = (hendt + timedelta(days=1)).replace(minute=5)
        sendt = replace(sending(self.nr, nå), pasient=hvem.pasient, avsender=enhet(part), mottaker=enhet(ENHET))
        self.rom.melding(lag(sendt, hendt), nå)
        return hendt


def tekst(ord_: str) -> Klartekst[Tekst]:
    return Klartekst(Tekst(tekst=ord_))


def med_sykdom(ord_: str, hvor: str) -> str:
    return f"{ORD[ord_]}: {SYK[hvor]}"


def om_den_voksne(ord_: str) -> Klartekst[Tekst]:
    return tekst(med_sykdom(ord_, "sak"))


# -- what can happen -----------------------------------------------------------------------------------------------


def _innlagt(h: Historie) -> None:
    innlagt(h, h.en(*h.foreldre), h.en(DPS, PAM))


def innlagt(h: Historie, hvem: Menneske, part: str) -> None:
    sagt = med_sykdom("beskrivelse", "melding")
    h.tider.append(h.melding(lambda s, t: lag_innlagt(s, tid=t, beskrivelse=sagt), hvem, part))
    h.ventet.append(forventet := BEGYNT.date() + timedelta(days=800 + h.nr))
    status, forløp = med_sykdom("status", "melding"), med_sykdom("forløp", "melding")
    h.melding(lambda s, _t: lag_tidligmelding(s, status=status, forløp=forløp, forventet=forventet), hvem, part)


def _utskrevet(h: Historie) -> None:
    h.tider.append(h.melding(lambda s, t: lag_utskrevet(s, tid=t), h.en(*h.foreldre), h.en(DPS, PAM)))


def _død(h: Historie) -> None:
    h.tider.append(h.melding(lambda s, t: lag_død(s, tid=t), h.foreldre[1], DPS))


def _registrer(h: Historie) -> None:
    registrer(h, h.en(*h.foreldre), h.en(0, 1))


def registrer(h: Historie, hvem: Menneske, nr: int) -> None:
    født = date(2012 + 7 * nr, 4, 5)
    barnet = Barnet(fornavn=f"Prøve {nr}", etternavn="Prøvesen", foedt=født)
    nummer = Barnenummer(nummer=syntetisk(født), type="FNR")
    for part in (DPS, PAM, ENHET):
        with suppress(BindeleddError):
            plan = barneplaner.registrer(
                hvem.ref, barnet, nummer, Barnerelasjon.FORELDER, om_den_voksne("samtale"), aktør(part), RAMMER
            )
            h.saker[nr] = str(h.rom.gjør("barn_paaroerende", plan))


def _samtale(h: Historie) -> None:
    hvem, part = h.en(*h.foreldre), h.en(DPS, PAM, ENHET)
    h.gjør("barn_paaroerende", planer.hold_samtale(hvem.ref, 2, om_den_voksne("samtale"), aktør(part), RAMMER))


def _kriseplan(h: Historie) -> None:
    skriv_kriseplan(h, h.en(*h.foreldre))


def skriv_kriseplan(h: Historie, hvem: Menneske) -> None:
    innhold = {"roedt_nivaa": tekst(med_sykdom("rødt", "kriseplan"))}
    h.gjør("kriseplan", kriseplan.opprett(hvem.ref, ("pasient",), innhold, aktør(ENHET), RAMMER))


def _henvis(h: Historie) -> None:
    ord_ = Henvisningstekst(tekst(STØTTE), tekst(KONTAKT), om_den_voksne("notat"))
    for barn_ref in h.saker.values():
        for part in (DPS, PAM, ENHET):
            plan = barneplaner.henvis(barn_ref, h.en(*h.foreldre).ref, h.en(*MOTTAKERE), ord_, aktør(part), RAMMER)
            h.gjør("barn_paaroerende", plan)


def _barnehagen(h: Historie) -> None:
    """One thing that is sure: the barnehage is told."""
    si_det_til(h, UTENFOR[0])


def si_det_til(h: Historie, part: str) -> None:
    """Each of the parents consents that this receiver is told of the children, and it is."""
    ord_ = Henvisningstekst(tekst(STØTTE), tekst(KONTAKT), om_den_voksne("notat"))
    for hvem in h.foreldre:
        _si_ja(h, hvem, part, *DELER)
        for barn_ref in h.saker.values():
            plan = barneplaner.henvis(barn_ref, hvem.ref, part, ord_, aktør(ENHET), RAMMER)
            h.gjør("barn_paaroerende", plan)


def si_ja_til_oppholdet(h: Historie, part: str) -> None:
    """Each of the parents consents that this party knows where they are."""
    for hvem in h.foreldre:
        _si_ja(h, hvem, part, "opphold.*")


def _send(h: Historie) -> None:
    for barn_ref in h.saker.values():
        for part in (DPS, PAM, ENHET):
            view = h.rom.utsnitt("barn_paaroerende", part).get(barn_ref)
            for henvisning in view.henvisninger if view is not None else ():
                plan = barneplaner.send(barn_ref, henvisning.henvisning_ref, aktør(part), RAMMER)
                h.gjør("barn_paaroerende", plan)


def _mottaker(h: Historie) -> None:
    for barn_ref in h.saker.values():
        for part in MOTTAKERE:
            view = h.rom.utsnitt("barn_paaroerende", part).get(barn_ref)
            for henvisning in view.henvisninger if view is not None else ():
                ref, av = henvisning.henvisning_ref, "demo-050"
                h.gjør("barn_paaroerende", barneplaner.ta_imot(barn_ref, ref, av, aktør(part), RAMMER))
                svar = barneplaner.besvar(barn_ref, ref, h.en(True, True, False), tekst("ja"), aktør(part), RAMMER)
                h.gjør("barn_paaroerende", svar)
                plan = barneplaner.start_tiltak(barn_ref, ref, tekst("tiltak"), aktør(part), RAMMER)
                h.gjør("barn_paaroerende", plan)


def _vurder(h: Historie) -> None:
    for barn_ref in h.saker.values():
        vurdert = Meldepliktutfall.MELD, om_den_voksne("tiltak")
        hvem, part = h.en(*h.foreldre).ref, h.en(DPS, PAM, ENHET)
        plan = barneplaner.vurder_meldeplikt(barn_ref, hvem, "demo-091", *vurdert, aktør(part), RAMMER)
        h.gjør("barn_paaroerende", plan)
        hørt = barneplaner.hør_barnet(barn_ref, om_den_voksne("samtale"), h.en(True, False), aktør(part), RAMMER)
        h.gjør("barn_paaroerende", hørt)


def _si_ja(h: Historie, hvem: Menneske, part: str, *deler: str) -> None:
    gi = samtykke.GiSamtykke(part, "oppfoelging", deler)
    if h.gjør("ansvarsgruppe", ansvarsgruppe.samtykke_for(hvem.ref, gi, aktør(ENHET), RAMMER)):
        h.samtykket[part] |= set(deler)


def _samtykke(h: Historie) -> None:
    _si_ja(h, h.en(*h.foreldre), h.en(*MOTTAKERE), *h.tilfeldig.sample(DELER, h.en(1, 2, 3)))


def _samtykke_til_hva_som_helst(h: Historie) -> None:
    _si_ja(h, h.en(*h.foreldre), h.en(*MOTTAKERE, *ANDRE), *h.tilfeldig.sample(ALLE_DELER, h.en(1, 2, 3)))


def _trekk(h: Historie) -> None:
    gitt = [p for p in h.rom.logg("ansvarsgruppe") if p.navn == "SamtykkeGitt"]
    if gitt:
        post = h.tilfeldig.choice(gitt)
        trekk = samtykke.TrekkSamtykke(post.event.samtykke_id)
        h.gjør(
            "ansvarsgruppe", ansvarsgruppe.samtykke_for(str(post.envelope.person_ref), trekk, aktør(ENHET), RAMMER)
        )  # fmt: skip


def _sperr(h: Historie) -> None:
    sperr = samtykke.RegistrerSperring(h.en(*MOTTAKERE), h.en((), ("barn.*",)))
    h.gjør("ansvarsgruppe", ansvarsgruppe.samtykke_for(h.en(*h.foreldre).ref, sperr, aktør(ENHET), RAMMER))


OPPTAKT: tuple[Skritt, ...] = (
    lambda h: innlagt(h, h.foreldre[0], DPS),
    lambda h: registrer(h, h.foreldre[0], 0),
    lambda h: registrer(h, h.foreldre[0], 1),
    lambda h: skriv_kriseplan(h, h.foreldre[0]),
    _barnehagen,
)
SKRITT: tuple[Skritt, ...] = (
    _innlagt, _utskrevet, _registrer, _registrer, _samtale, _kriseplan, _henvis, _henvis, _send, _mottaker, _mottaker,
    _vurder, _samtykke, _samtykke, _samtykke, _samtykke_til_hva_som_helst, _samtykke_til_hva_som_helst, _trekk, _sperr,
)  # fmt: skip


@contextmanager
def fortell(mappe: Path, frø: int = 0, tilfeldige: int = 13) -> Iterator[Historie]:
    """A beginning that is the same for each seed, a stay, two children, a crisis plan and a barnehage that is told;
    then so many random steps; and nothing for four days."""
    tilfeldig = random.Random(frø)
    with rom(mappe, BEGYNT, oppsett=HELE_BERGEN) as rommet:
        foreldre = [menneske(rommet, date(1985 + nr, 6, 7), "laksevaag", ENHET) for nr in (0, 1)]
        h = Historie(rommet, tilfeldig, foreldre)
        slutt = [*([_død] if tilfeldige and tilfeldig.random() < 0.3 else []), _send]
        for gjør in (*OPPTAKT, *tilfeldig.choices(SKRITT, k=tilfeldige), *slutt):
            rommet.til(rommet.klokke.now + timedelta(hours=tilfeldig.randrange(1, 60), seconds=13))
            gjør(h)
        rommet.til(rommet.klokke.now + timedelta(days=4))
        yield h
