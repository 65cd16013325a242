"""Orders that bring a person's stays in step with one more fact: place it, move what it displaces, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.runtime.service import Lookup
from bindeledd.schema.generated.samhandling import (
    MeldingKnyttet,
    MeldingMottatt,
    Meldingskilde,
    Meldingsutfall,
    OppholdKansellert,
)
from services.felles.oppholdsbilde import trekker
from services.samhandling import kvittering, opphold
from services.samhandling.fakta import Fakta, Faktum
from services.samhandling.folkeregister import Identifisering
from services.samhandling.fordeling import Plass, flyttinger, plasser, strømmer_for
from services.samhandling.meldingsliste import i_samtale


def plasser_faktum(
    lookup: Lookup, person: Identifisering, event: Any, ventende: Sequence[str], aktør: Actor,
    *, bare_kjente: bool = False,
) -> tuple[list[Bestilling], str | None]:  # fmt: skip
    """Orders that put a fact where it belongs, and the stay it belongs to.

    `ventende` are cancellations that came before what they cancel. With `bare_kjente` a fact that belongs to no known
    stay begins none (a report, a dialogue).
    """
    fakta = _opphold(lookup, person.person_ref)
    for ref, funnet in fakta.items():
        samme = funnet.samme(event)
        if samme is not None:
            knyttet = MeldingKnyttet(kilde=event.kilde, status="", samme_som=samme.ref)
            return [_til(ref, knyttet, person, aktør)], ref
    nytt = Faktum(event, (event.kilde,))
    plass_av = plasser([*(f for funnet in fakta.values() for f in funnet.alle.values()), nytt])
    strøm_av = strømmer_for(fakta, plass_av)
    if bare_kjente and plass_av[nytt.ref] not in strøm_av:
        return [], None
    for plass in plass_av.values():
        if plass not in strøm_av:
            strøm_av[plass] = lookup.ref()
    hjem = strøm_av[plass_av[nytt.ref]]
    ordre = [_til(hjem, event, person, aktør)]
    ordre += _flytt(fakta, plass_av, strøm_av, person, aktør)
    ordre += _innhent(lookup, event, hjem, ventende, person, aktør)
    return ordre, hjem


def kanseller(
    lookup: Lookup, person: Identifisering, kansellering: OppholdKansellert, aktør: Actor
) -> tuple[list[Bestilling], str | None, Meldingsutfall]:
    """Orders that withdraw what a cancellation names. Held when it is not here yet (intake rule 8)."""
    rammet = [
        ref
        for ref, fakta in _opphold(lookup, person.person_ref).items()
        if any(trekker(kansellering, kilde) for faktum in fakta.alle.values() for kilde in faktum.kilder)
    ]
    if rammet:
        return [_til(ref, kansellering, person, aktør) for ref in rammet], rammet[0], Meldingsutfall.TATT_INN
    samtale = kansellering.gjelder_samtale
    kjent = samtale is not None and i_samtale(lookup.sql, person.person_ref, kansellering.kilde.avsender, samtale)
    return [], None, Meldingsutfall.TATT_INN if kjent else Meldingsutfall.HOLDT


def _opphold(lookup: Lookup, person_ref: str) -> dict[str, Fakta]:
    refs = lookup.streams_of(opphold.TOPIC, person_ref)
    return {ref: lookup.state(opphold.TOPIC, ref).fakta for ref in refs}


def _flytt(
    fakta: dict[str, Fakta],
    plass_av: dict[str, Plass],
    strøm_av: dict[Plass, str],
    person: Identifisering,
    aktør: Actor,
) -> list[Bestilling]:
    """Move what belongs elsewhere now, with every message that told it and every cancellation that withdrew it."""
    ordre: list[Bestilling] = []
    for flytting in flyttinger(fakta, plass_av, strøm_av):
        til, faktum = strøm_av[flytting.plass], flytting.faktum
        ut = opphold.FlyttFaktum(faktum.ref, til, "en innleggelse som kom senere viser et annet opphold")
        ordre.append(Bestilling(opphold.TOPIC, flytting.fra, ut, aktør, person_ref=person.person_ref))
        ordre.append(_til(til, faktum.event, person, aktør))
        ordre += [
            _til(til, MeldingKnyttet(kilde=kilde, status="", samme_som=faktum.ref), person, aktør)
            for kilde in faktum.kilder[1:]
        ]
        ordre += [
            _til(til, kansellering, person, aktør)
            for kansellering in fakta[flytting.fra].kanselleringer
            if any(trekker(kansellering, kilde) for kilde in faktum.kilder)
        ]
    return ordre


def _innhent(
    lookup: Lookup, event: Any, hjem: str, ventende: Sequence[str], person: Identifisering, aktør: Actor
) -> list[Bestilling]:
    """What was cancelled before it came is taken in, and shown as cancelled."""
    ordre: list[Bestilling] = []
    for ref in ventende:
        mottatt = lookup.state(kvittering.TOPIC, ref).mottatt
        if mottatt is None or mottatt.gen_dato is None:
            continue
        kansellering = OppholdKansellert(
            kilde=_kilde(ref, mottatt), gjelder_type=mottatt.type,
            gjelder_samtale=mottatt.samtale if mottatt.samtale != mottatt.msg_id else None,
        )  # fmt: skip
        if trekker(kansellering, event.kilde):
            ordre.append(_til(hjem, kansellering, person, aktør))
            inn = kvittering.TaInn(hjem, "det den trekker tilbake er kommet")
            ordre.append(Bestilling(kvittering.TOPIC, ref, inn, aktør, person_ref=person.person_ref))
    return ordre


def _kilde(ref: str, mottatt: MeldingMottatt) -> Meldingskilde:
    return Meldingskilde(
        melding_ref=ref, msg_id=mottatt.msg_id, type=mottatt.type, mottatt=mottatt.mottatt,
        gen_dato=mottatt.gen_dato or mottatt.mottatt,
        avsender=mottatt.avsender, samtale=mottatt.samtale, forrige=mottatt.forrige, adressert=mottatt.adressert,
        kopi=mottatt.kopi, innhold=b"",
    )  # fmt: skip


def _til(ref: str, event: Any, person: Identifisering, aktør: Actor) -> Bestilling:
    return Bestilling(
        opphold.TOPIC, ref, opphold.RegistrerFaktum(event, person.bydel), aktør, person_ref=person.person_ref,
        hendt=None, mottatt=event.kilde.mottatt,
    )  # fmt: skip
