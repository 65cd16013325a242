"""An independent check of a data folder: the chains are whole, nothing is missing, and nothing has happened twice.

Each check gives one line for every thing that is wrong, and none when all is well.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.crash.filer import ROT, Mappe, Post, Tjenestefil, forseglede, les_mappe

Funn = Iterator[str]

KONFLIKT = "KONFLIKT"
FAKTA = frozenset({
    "PasientInnlagt", "TidligmeldingSendt", "OpplysningerOppdatert", "UtskrivningsklarMeldt", "UtskrivningsklarAvmeldt",
    "PasientUtskrevet", "DoedsfallMeldt", "MeldingKnyttet",
})  # fmt: skip


def kontroller(mappe: Path) -> list[str]:
    """Everything that is wrong with a data folder that nobody works on, whose services have caught up."""
    lest = les_mappe(mappe)
    return [funn for sjekk in (*KJEDER, *VIRKNINGER, *NØKLER) for funn in sjekk(lest)]


def kontroller_kjeder(mappe: Path) -> list[str]:
    """What is wrong with the logs themselves: holds also when keys have been destroyed."""
    lest = les_mappe(mappe)
    return [funn for sjekk in (*KJEDER, *VIRKNINGER) for funn in sjekk(lest)]


# -- the logs ------------------------------------------------------------------------------------------------------


def posisjoner(mappe: Mappe) -> Funn:
    """Positions count from 1 without holes, and an own record says its own."""
    for fil in mappe.filer.values():
        for ventet, post in enumerate(fil.poster, 1):
            if post.posisjon != ventet:
                yield f"{post}: position {ventet} was expected"
            if post.egen and post.konvolutt["position"] != post.posisjon:
                yield f"{post}: written as position {post.konvolutt['position']}"


def kjeder(mappe: Mappe) -> Funn:
    """Each stream's versions count from 1, and each record holds the hash of the one before it."""
    for fil in mappe.filer.values():
        siste: dict[str, Post] = {}
        for post in fil.poster:
            før = siste.get(post.strøm)
            konvolutt = post.konvolutt
            if post.versjon != (før.versjon if før else 0) + 1:
                yield f"{post}: follows version {før.versjon if før else 0}"
            if konvolutt["prev"] != (før.hash if før else b""):
                yield f"{post}: does not hold the hash of the record before it"
            if (konvolutt["stream"], konvolutt["version"], konvolutt["type"]) != (post.strøm, post.versjon, post.type):
                yield f"{post}: the envelope says something else than the row"
            siste[post.strøm] = post
        yield from _hoder(fil, siste)


def _hoder(fil: Tjenestefil, siste: Mapping[str, Post]) -> Funn:
    hoder = {strøm: (versjon, hash_) for strøm, versjon, hash_, _person in fil.hoder}
    if hoder != {strøm: (post.versjon, post.hash) for strøm, post in siste.items()}:
        yield f"{fil.navn}: the heads are not the last records of the log"


def mottatte(mappe: Mappe) -> Funn:
    """Every received record stands, byte for byte, in its writer's own log, and came in its order."""
    skrevet = {(p.fil, p.strøm, p.versjon): p.data for fil in mappe.filer.values() for p in fil.poster if p.egen}
    for fil in mappe.filer.values():
        for post in fil.poster:
            if not post.egen and skrevet.get((post.skriver, post.strøm, post.versjon)) != post.data:
                yield f"{post}: is not what {post.skriver} wrote"


def markører(mappe: Mappe) -> Funn:
    """A cursor never runs ahead of its source, and nothing that it has passed is missing."""
    for fil in mappe.filer.values():
        har = {(post.strøm, post.versjon) for post in fil.poster} | fil.parkert
        for kilde, posisjon in fil.markører.items():
            lest = mappe.filer[kilde].poster
            if posisjon > len(lest):
                yield f"{fil.navn}: has read {kilde} to {posisjon}, which ends at {len(lest)}"
            for post in lest[:posisjon]:
                if post.egen and _skal_leses(fil.navn, post.tema) and (post.strøm, post.versjon) not in har:
                    yield f"{fil.navn}: has passed {post}, and does not have it"


def innhentet(mappe: Mappe) -> Funn:
    """Everything that a service should have taken in has been taken in: nobody is behind."""
    for fil in mappe.filer.values():
        har = {(post.strøm, post.versjon) for post in fil.poster}
        for kilde in mappe.filer.values():
            for post in kilde.poster if kilde is not fil else ():
                if post.egen and _skal_leses(fil.navn, post.tema) and (post.strøm, post.versjon) not in har:
                    yield f"{fil.navn}: has not taken in {post}"


_KATALOG = tomllib.loads((ROT / "schemas" / "catalog.toml").read_text("utf-8"))["topic"]
_PARTER = tomllib.loads((ROT / "deploy" / "bergen.toml").read_text("utf-8"))["part"]


def _skal_leses(leser: str, tema: str) -> bool:
    """What a service takes in: web its parties' views (`web.<organisation>` that organisation's), the others what the
    catalogue names them a reader of."""
    if ".til." in tema:
        part, (hvem, _, organisasjon) = tema.partition(".til.")[2], leser.partition(".")
        kjent = part in _PARTER and organisasjon in ("", _PARTER[part]["organisasjon"])
        return hvem == "web" and (kjent if organisasjon else not part.startswith("her-"))
    return tema in _KATALOG and leser in _KATALOG[tema]["readers"]


# -- effects -------------------------------------------------------------------------------------------------------


def kvitteringer(mappe: Mappe) -> Funn:
    """A message has one receipt, and is received once: the same id and bytes are never two messages."""
    satt = Counter(post.strøm for post in _egne(mappe, "samhandling") if post.navn == "KvitteringSatt")
    yield from _mer_enn_én("a message with two receipts", satt)
    mottatt = [post.felt for post in _egne(mappe, "samhandling") if post.navn == "MeldingMottatt"]
    like = Counter((felt["msg_id"], felt["fingeravtrykk"].hex()) for felt in mottatt)
    yield from _mer_enn_én("a message received twice", like)
    gjeldende = Counter(felt["msg_id"] for felt in mottatt if felt["utfall"] != KONFLIKT and felt["msg_id"])
    yield from _mer_enn_én("two messages that count under one id", gjeldende)


def fakta(mappe: Mappe) -> Funn:
    """What a message tells stands in one stay only, and once; a fact that was moved has left the stay it was in."""
    stående: Counter[tuple[str, str]] = Counter()
    for post in _egne(mappe, "samhandling"):
        if post.navn in FAKTA:
            stående[post.felt["kilde"]["melding_ref"], post.strøm] += 1
        if post.navn == "OppholdKorrigert":
            stående[post.felt["melding_ref"], post.strøm] -= 1
    yield from _mer_enn_én("a fact told twice", Counter({nøkkel: n for nøkkel, n in stående.items() if n > 0}))
    yield from _mer_enn_én("a fact in two stays", Counter(melding for (melding, _), n in stående.items() if n > 0))
    kilder = {melding for (melding, _), n in stående.items() if n > 0}
    # Moved to no other stay: the patient was none of ours.
    korrigert = (post.felt for post in _egne(mappe, "samhandling") if post.navn == "OppholdKorrigert")
    kilder |= {felt["melding_ref"] for felt in korrigert if not felt["til"]}
    for post in _egne(mappe, "samhandling"):
        tatt_inn = post.navn == "MeldingMottatt" and post.felt["utfall"] == "TATT_INN"
        if tatt_inn and post.felt["opphold_ref"] and post.felt["forsendelse"] != "C" and post.strøm not in kilder:
            yield f"{post}: was taken in, and no stay holds what it told"


def _registrerte(mappe: Mappe) -> set[str]:
    """Everybody in the register; and the children of those who are ill, who are known from their cases alone."""
    registrert = {post.strøm for post in _egne(mappe, "samhandling") if post.navn == "PersonRegistrert"}
    barn = (post.konvolutt["person_ref"] for post in _egne(mappe, "barn_paaroerende") if post.navn == "BarnRegistrert")
    return registrert.union(barn)


def personer(mappe: Mappe) -> Funn:
    """Whoever a record is about was registered."""
    registrert = _registrerte(mappe)
    for fil in mappe.filer.values():
        ukjent = {person for *_, person in fil.hoder if person is not None} - registrert
        yield from (f"{fil.navn}: has streams of {person[:8]}, who was never registered" for person in sorted(ukjent))


def utsnitt(mappe: Mappe) -> Funn:
    """A party has one stream of views of an aggregate, and the aggregate exists."""
    for fil in mappe.filer.values():
        strømmer: dict[tuple[str, str], set[str]] = defaultdict(set)
        finnes = {post.strøm for post in fil.poster if post.egen}
        for post in fil.poster:
            if post.egen and ".til." in post.tema:
                strømmer[post.felt["aggregat"], post.tema].add(post.strøm)
        for (aggregat, tema), egne in strømmer.items():
            if len(egne) != 1 or aggregat not in finnes:
                yield f"{fil.navn}: {tema} has {len(egne)} streams of {aggregat[:8]}"


def oppgaver(mappe: Mappe) -> Funn:
    """No task is given twice: one that was given may only be given again when it has fallen."""
    for fil in mappe.filer.values():
        gitt: dict[tuple[str, str, str, str], str] = {}
        for post in fil.poster:
            if post.egen and post.navn == "OppgaveOpprettet":
                oppgave = (post.strøm, post.felt["slag"], post.felt["part"], post.felt["gjelder"])
                if oppgave in gitt:
                    yield f"{post}: was given before"
                gitt[oppgave] = post.felt["oppgave_ref"]
            if post.egen and post.navn == "OppgaveFalt":
                gitt = {oppgave: ref for oppgave, ref in gitt.items() if ref != post.felt["oppgave_ref"]}


def én_per_person(mappe: Mappe) -> Funn:
    """A person has one stream of each kind that there is one of."""
    for tjeneste, hendelse in EN_PER_PERSON:
        poster = [post for post in _egne(mappe, tjeneste) if post.versjon == 1 and post.tema == hendelse]
        yield from _mer_enn_én(f"two {hendelse} of one person", Counter(p.konvolutt["person_ref"] for p in poster))


EN_PER_PERSON = (
    ("ansvarsgruppe", "ansvarsgruppe.samtykke"),
    ("ansvarsgruppe", "ansvarsgruppe.plan"),
    ("kriseplan", "kriseplan.kriseplan"),
    ("barn_paaroerende", "barn_paaroerende.kartlegging"),
)


def idempotens(mappe: Mappe) -> Funn:
    """What a remembered request led to stands in the log (version 0: it led to nothing)."""
    for fil in mappe.filer.values():
        har = {(post.strøm, post.versjon) for post in fil.poster}
        yield from (f"{fil.navn}: a request led to {s[:8]} v{v}" for s, v in fil.idempotens if v and (s, v) not in har)


# -- keys ----------------------------------------------------------------------------------------------------------


def nøkler_finnes(mappe: Mappe) -> Funn:
    """Every sealed value opens with the key of the very stream it stands in, and nothing kept is without a key."""
    nøkler = {nøkkel.id: nøkkel for nøkkel in mappe.nøkler}
    med_nøkkel = {nøkkel.strøm for nøkkel in mappe.nøkler}
    for fil in mappe.filer.values():
        for post in fil.poster:
            for verdi in forseglede(dict(post.felt)) if post.egen else ():
                nøkkel = nøkler.get(verdi["key"])
                if nøkkel is None:
                    yield f"{post}: is sealed with a key that the keyring does not have"
                elif (nøkkel.strøm, nøkkel.tjeneste, nøkkel.part) != (post.strøm, fil.navn, _part(post.tema)):
                    yield f"{post}: is sealed with the key of another stream, service or party"
        yield from (f"{fil.navn}: the bytes of message {s[:8]} have no key" for s in sorted(fil.rå - med_nøkkel))


def nøkler_brukes(mappe: Mappe) -> Funn:
    """Every key belongs to a stream that exists, and to the person whose stream it is."""
    egne = {(fil.navn, post.strøm) for fil in mappe.filer.values() for post in fil.poster if post.egen}
    eiere = {(f.navn, strøm): person for f in mappe.filer.values() for strøm, _, _, person in f.hoder}
    for nøkkel in mappe.nøkler:
        if (nøkkel.tjeneste, nøkkel.strøm) not in egne:
            yield f"keyring: a key of {nøkkel.tjeneste} for {nøkkel.strøm[:8]}, a stream that never came to be"
        elif eiere[nøkkel.tjeneste, nøkkel.strøm] not in (nøkkel.person, None):  # a forum's view names nobody
            yield f"keyring: the key of {nøkkel.strøm[:8]} is another person's than the stream"


def blindindeks(mappe: Mappe) -> Funn:
    """A national id leads only to somebody who is registered, and everybody with an id is found by one."""
    registrert = _registrerte(mappe)
    knyttet = {post.strøm for post in _egne(mappe, "samhandling") if post.navn == "IdentitetKnyttet"}
    slått_inn = {post.felt["tapt"] for post in _egne(mappe, "samhandling") if post.navn == "PersonerSlaattSammen"}
    funnet = {person for _, person in mappe.blinde}
    yield from (f"keyring: an id leads to {p[:8]}, who was never registered" for p in sorted(funnet - registrert))
    yield from (f"keyring: no id leads to {p[:8]}" for p in sorted(knyttet - funnet - slått_inn))
    antall = Counter(person for _, person in mappe.blinde)
    med_id = Counter(post.strøm for post in _egne(mappe, "samhandling") if post.navn == "IdentitetKnyttet")
    for person in sorted(knyttet & funnet - slått_inn):
        # Name and birth date have an entry too, so there may be one more; never fewer than there are ids.
        if antall[person] < med_id[person]:
            yield f"keyring: {person[:8]} has {med_id[person]} ids, and {antall[person]} entries lead there"


Sjekk = Callable[[Mappe], Iterable[str]]
KJEDER: tuple[Sjekk, ...] = (posisjoner, kjeder, mottatte, markører, innhentet)
VIRKNINGER: tuple[Sjekk, ...] = (
    kvitteringer, fakta, personer, utsnitt, oppgaver, én_per_person, idempotens,
)  # fmt: skip
NØKLER: tuple[Sjekk, ...] = (nøkler_finnes, nøkler_brukes, blindindeks)


def _egne(mappe: Mappe, tjeneste: str) -> list[Post]:
    fil = mappe.filer.get(tjeneste)
    return [post for post in fil.poster if post.egen] if fil is not None else []


def _part(tema: str) -> str:
    return tema.partition(".til.")[2]


def _mer_enn_én(hva: str, antall: Counter[Any]) -> Funn:
    yield from (f"{hva}: {nøkkel}, {n} times" for nøkkel, n in antall.items() if n > 1)


if __name__ == "__main__":
    funnet = kontroller(Path(sys.argv[1]))
    sys.stdout.writelines(f"{linje}\n" for linje in funnet)
    sys.exit(bool(funnet))
