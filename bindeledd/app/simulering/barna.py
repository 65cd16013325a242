"""Lays out what is done for the children of who is ill: registered, heard, referred, held, taken, and helped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from bindeledd.app.simulering.andeler import Andel
from bindeledd.app.simulering.løp import Barn, Løp
from bindeledd.app.simulering.samtykker import sier
from bindeledd.app.simulering.verden import Verden
from bindeledd.core.sealed import Klartekst
from bindeledd.runtime.service import Plan
from bindeledd.schema.generated.barn_paaroerende import (
    Barnerelasjon,
    Barnet,
    Henvisningstilstand,
    Meldepliktutfall,
)
from bindeledd.schema.generated.felles import Tekst
from services.ansvarsgruppe.samtykke import GiSamtykke, RegistrerSperring
from services.barn_pårørende import barneplaner
from services.barn_pårørende.barn import UTENFOR_HELSE
from services.barn_pårørende.barneplaner import Henvisningstekst
from services.barn_pårørende.sak import BARN, Barnesak, Henvisning

TJENESTE = "barn_paaroerende"
BARNENAVN = ("Lillemor", "Knerten", "Prøvelita", "Testus", "Demolin", "Fiktoriner", "Øvelisa")
FLERES_BARN = Barnet(fornavn="Samme", etternavn="Tvilesen", foedt=date(2015, 5, 14))
"""Whom two adults who do not know of one another's illness have: nobody can tell by the name alone."""
BEHOV = ("Trenger noen å snakke med, og at noen følger med på skolen.", "Trenger fritid og en trygg voksen.")


def registrer_barna(løp: Løp, avdeling: str, antall: int, verden: Verden) -> None:
    """The children get a case each: at the unit that the parent told of them, or at the one at home that follows up."""
    if løp.barn or not løp.treffer(Andel.BARN_REGISTRERT):
        return
    hos = løp.egen("enhet") if løp.gruppe and løp.treffer(Andel.BARN_REGISTRERT_HJEMME) else avdeling
    i_dag = verden.klokke().date()
    for nr in range(antall):
        barnet = FLERES_BARN if nr == 0 and løp.treffer(Andel.SAMME_BARN_KANSKJE) else _barnet(løp, i_dag)
        aktør = verden.aktør(hos, "barn.registrer")
        behov = _tekst(løp.terning.choice(BEHOV))
        sak = verden.gjør(
            TJENESTE,
            barneplaner.registrer(løp.person_ref, barnet, None, Barnerelasjon.FORELDER, behov, aktør, verden.rammer),
        )
        if sak:
            senere = ((Andel.MELDEPLIKT_VURDERT, _vurder), (Andel.BARNET_HØRT, _hør))
            løp.barn.append(Barn(sak, hos, [gjør for andel, gjør in senere if løp.treffer(andel)]))
    if løp.treffer(Andel.SPERRING_FOR_BARNET):
        sier(RegistrerSperring(løp.egen("helsestasjon"), ("barn.*",)), løp)(verden)


def følg_barna(løp: Løp, verden: Verden) -> None:
    """What somebody does for the children on a working day."""
    for barn in løp.barn:
        _hos_avsender(løp, barn, verden)
        sak: Barnesak = verden.tilstand(TJENESTE, BARN, barn.sak)
        for henvisning in sak.henvisninger.values():
            _hos_mottaker(løp, barn, sak, henvisning, verden)


def _hos_avsender(løp: Løp, barn: Barn, verden: Verden) -> None:
    if not barn.henvist and løp.treffer(Andel.BARN_HENVIST):
        barn.henvist = True
        helse = løp.terning.choice((løp.egen("helsestasjon"), løp.egen("helsestasjon"), "bup"))
        _henvis(løp, barn, helse, verden)
        if løp.treffer(Andel.BARN_HENVIST_UTENFOR_HELSE):
            skole = løp.egen(løp.terning.choice(("skole", "barnehage")))
            if løp.treffer(Andel.SAMTYKKE_FOR_BARNET):
                _samtykk(løp, skole, verden)
            _henvis(løp, barn, skole, verden)
    elif barn.gjenstår:
        barn.gjenstår.pop()(løp, barn, verden)
    else:
        _send_holdte(løp, barn, verden)


def _send_holdte(løp: Løp, barn: Barn, verden: Verden) -> None:
    """Now and then the talk with the parent helps, and what was held can go to the school."""
    sak: Barnesak = verden.tilstand(TJENESTE, BARN, barn.sak)
    for henvisning in sak.henvisninger.values():
        utenfor = verden.rammer.oppsett.parter[henvisning.til_part].slag in UTENFOR_HELSE
        holdt = henvisning.tilstand is Henvisningstilstand.HOLDT
        if utenfor and holdt and løp.treffer(Andel.SENDT_ETTER_SAMTALE):
            _samtykk(løp, henvisning.til_part, verden)
            _gjør(verden, barn.fra, "barn.henvis", barneplaner.send, barn.sak, henvisning.ref)


def _samtykk(løp: Løp, part: str, verden: Verden) -> None:
    sier(GiSamtykke(part, "barn", ("barn.kartlagt",)), løp)(verden)


def _henvis(løp: Løp, barn: Barn, til: str, verden: Verden) -> None:
    tekst = Henvisningstekst(
        _tekst(løp.terning.choice(BEHOV)), _tekst("Ring barneansvarlig på 55000003, hverdager 9–14."), None
    )
    aktør = verden.aktør(barn.fra, "barn.henvis")
    verden.gjør(TJENESTE, barneplaner.henvis(barn.sak, løp.person_ref, til, tekst, aktør, verden.rammer))


def _vurder(løp: Løp, barn: Barn, verden: Verden) -> None:
    aktør, forfatter = verden.aktør(barn.fra, "barn.meldeplikt"), verden.bruker(barn.fra, "barn.meldeplikt")
    utfall = løp.terning.choice((Meldepliktutfall.IKKE_GRUNN, Meldepliktutfall.IKKE_GRUNN, Meldepliktutfall.FOELG_MED))
    innhold = _tekst("Snakket med forelderen. Barnet har trygge voksne rundt seg nå.")
    vurdert = barneplaner.vurder_meldeplikt(barn.sak, løp.person_ref, forfatter, utfall, innhold, aktør, verden.rammer)
    verden.gjør(TJENESTE, vurdert)


def _hør(_løp: Løp, barn: Barn, verden: Verden) -> None:
    sagt = _tekst("Vil gjerne vite hvor mamma eller pappa er, og når de kommer hjem.")
    _gjør(verden, barn.fra, "barn.registrer", barneplaner.hør_barnet, barn.sak, sagt, False)


def _hos_mottaker(løp: Løp, barn: Barn, sak: Barnesak, henvisning: Henvisning, verden: Verden) -> None:
    """The receiver takes it, answers, helps, and ends what it did: a step a day at the most."""
    hos = henvisning.til_part
    match henvisning.tilstand:
        case Henvisningstilstand.SENDT if løp.treffer(Andel.HENVISNING_TATT):
            bruker = verden.bruker(hos, "barn.hjelp")
            _gjør(verden, hos, "barn.hjelp", barneplaner.ta_imot, barn.sak, henvisning.ref, bruker)
        case Henvisningstilstand.MOTTATT:
            ja = not løp.treffer(Andel.HENVISNING_AVVIST)
            svar = _tekst("Vi tar kontakt i løpet av uken." if ja else "Har ikke plass nå. Prøv et annet tilbud.")
            _gjør(verden, hos, "barn.hjelp", barneplaner.besvar, barn.sak, henvisning.ref, ja, svar)
        case Henvisningstilstand.TAR_IMOT:
            _hjelp(løp, barn, sak, henvisning, verden)
        case _:
            return


def _hjelp(løp: Løp, barn: Barn, sak: Barnesak, henvisning: Henvisning, verden: Verden) -> None:
    hos = henvisning.til_part
    tiltak = [t for t in sak.tiltak.values() if t.henvisning == henvisning.ref]
    if not tiltak and løp.treffer(Andel.BARNETILTAK):
        hva = _tekst("Samtale hver onsdag.")
        _gjør(verden, hos, "barn.hjelp", barneplaner.start_tiltak, barn.sak, henvisning.ref, hva)
    elif tiltak and tiltak[0].avsluttet is None and løp.treffer(Andel.BARNETILTAK_SLUTT):
        _gjør(verden, hos, "barn.hjelp", barneplaner.avslutt_tiltak, barn.sak, tiltak[0].ref, "gjennomfoert")


# -- inside --------------------------------------------------------------------------------------------------------


def _gjør(verden: Verden, part: str, handling: str, lag: Callable[..., Plan], *hva: object) -> None:
    verden.gjør(TJENESTE, lag(*hva, verden.aktør(part, handling), verden.rammer))


def _barnet(løp: Løp, i_dag: date) -> Barnet:
    født = i_dag - timedelta(days=løp.terning.randint(2 * 365, 16 * 365))
    return Barnet(fornavn=løp.terning.choice(BARNENAVN), etternavn=løp.innbygger.etternavn, foedt=født)


def _tekst(tekst: str) -> Klartekst[Tekst]:
    return Klartekst(Tekst(tekst=tekst))
