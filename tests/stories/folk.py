"""The people of the stories: plainly synthetic, with the units around them, made through the plans that users drive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bindeledd.core.envelope import Actor
from bindeledd.runtime.service import Plan
from bindeledd.schema.generated.samhandling import Identitet, Personalia
from services.felles.kjent import Rammer
from services.samhandling import planer as samhandling
from services.samhandling.plo.melding import Adressat, Organisasjon, Pasient
from tests.meldinger import PASIENT, her, person_id, syntetisk
from tests.rom import HELE_BERGEN, TABELL, Rom

RAMMER = Rammer(HELE_BERGEN, TABELL)


@dataclass(frozen=True, slots=True)
class Menneske:
    """A person of a story: known here as `ref`, and in messages as `pasient`."""

    ref: str
    pasient: Pasient


def enhet(part_id: str) -> Adressat:
    """A party as messages address it."""
    part = HELE_BERGEN.parter[part_id]
    organisasjon = HELE_BERGEN.organisasjoner[part.organisasjon]
    return Adressat(
        Organisasjon(organisasjon.navn, her(organisasjon.her_ider[0])), Organisasjon(part.navn, her(part.her_ider[0]))
    )


def aktør(part_id: str, handling: str = "") -> Actor:
    """Somebody of a party, in a role that the party has, and that may do this."""
    slag, roller = HELE_BERGEN.parter[part_id].slag, HELE_BERGEN.katalog.roles.values()
    rolle = next(r.id for r in roller if slag in r.kinds and (not handling or handling in r.may))
    return Actor(rolle, HELE_BERGEN.parter[part_id].organisasjon, part_id)


def registrer(av: Actor, hvem: Pasient = PASIENT, bydel: str | None = "aarstad") -> Plan:
    """Somebody registers a person as messages name them. Answers with the person's ref."""
    navn = Personalia(
        fornavn=hvem.fornavn, mellomnavn=hvem.mellomnavn, etternavn=hvem.etternavn, foedt=hvem.født,
        kjoenn=hvem.kjønn, gateadresse="", postnummer="", poststed="",
    )  # fmt: skip
    identer = tuple(Identitet(nummer=ident.id, type=ident.type, utsteder="") for ident in hvem.identer)
    return samhandling.registrer_person(navn, identer, bydel, av)


def menneske(rom: Rom, født: date, bydel: str, koordinators_enhet: str) -> Menneske:
    """A person known here, with a koordinator."""
    pasient = Pasient("Prøvesen", "Syntetisk", født=født, kjønn="1", identer=(person_id(syntetisk(født)),))
    return kjent(rom, pasient, bydel, koordinators_enhet)


def kjent(rom: Rom, pasient: Pasient, bydel: str, koordinators_enhet: str) -> Menneske:
    """The same, of somebody as messages name them."""
    født = pasient.født.isoformat() if pasient.født else None
    numre = [{"nummer": ident.id, "type": ident.type} for ident in pasient.identer]
    ref = rom.be(
        aktør("koordinerende-enhet", "koe.avklar"), "samhandling/personer", fornavn=pasient.fornavn,
        etternavn=pasient.etternavn, født=født, numre=numre, bydel=bydel,
    )  # fmt: skip
    ansatt = next(
        u.id for u in HELE_BERGEN.katalog.users.values() if any(p.party == koordinators_enhet for p in u.posts)
    )
    oppnevner = aktør("koordinerende-enhet", "plan.koordinator")
    rom.be(oppnevner, f"ansvarsgruppe/personer/{ref}/koordinator", part=koordinators_enhet, koordinator=ansatt)
    return Menneske(ref, pasient)


def ansvarsgruppe_for(rom: Rom, hvem: Menneske, eier: str, *medlemmer: str) -> str:
    """An ansvarsgruppe in which everyone who is asked says yes. Returns its ref."""
    ref = rom.be(aktør(eier, "gruppe.opprett"), f"ansvarsgruppe/personer/{hvem.ref}/gruppe")
    for part in medlemmer:
        inviterer = aktør(eier, "gruppe.inviter")
        rom.be(inviterer, f"ansvarsgruppe/personer/{hvem.ref}/gruppe/{ref}/inviter", part=part)
        rom.be(aktør(part, "gruppe.svar"), f"ansvarsgruppe/gruppe/{ref}/svar", med=True)
    return ref


def kall_inn(
    rom: Rom, hvem: Menneske, gruppen: str, eier: str, tid: datetime, *inviterte: str, opphold: str | None = None
) -> str:  # fmt: skip
    """The group is summoned. Returns the meeting's ref."""
    return rom.be(
        aktør(eier, "gruppe.moete"), f"ansvarsgruppe/personer/{hvem.ref}/gruppe/{gruppen}/moete", tid=tid.isoformat(),
        sted="Møterommet", formaal="Hva nå?", saker=("Bolig",), inviterte=inviterte, opphold_ref=opphold,
    )  # fmt: skip


def samtykker(rom: Rom, hvem: Menneske, eier: str, part: str, *deler: str) -> str:
    """The person consents that a party may know these parts. Returns the consent's id."""
    sti = f"ansvarsgruppe/personer/{hvem.ref}/samtykker"
    rom.be(aktør(eier, "samtykke.gi"), sti, part=part, formaal="oppfoelging", deler=deler)
    gitt = [p.event for p in rom.logg("ansvarsgruppe") if p.navn == "SamtykkeGitt" and p.event.part == part]
    return str(gitt[-1].samtykke_id)


def oppgaver(rom: Rom, part: str) -> set[str]:
    """The kinds of open tasks that a party sees as its own, over all services."""
    tjenester = ("samhandling", "ansvarsgruppe", "kriseplan", "barn_paaroerende")
    utsnitt = [view for tjeneste in tjenester for view in rom.utsnitt(tjeneste, part).values()]
    return {o.slag.value for view in utsnitt for o in getattr(view, "oppgaver", ()) if o.part == part}
