"""What a care message says, once it has been read: plain frozen values, whichever standard it was written in.

Nothing here that can hold people's data shows it in its `repr`, so it cannot slip into a log or a traceback.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from bindeledd.core.errors import InvalidMessage
from services.samhandling.plo import koder
from services.samhandling.plo.tid import Tidspunkt

Standard = Literal["1.5", "1.6", "dialog-1.0", "ukjent"]


@dataclass(frozen=True, slots=True)
class Funn:
    """Something that a check found.

    `kode` is from kodeverk 8221 and empty when the sender is not to be told; `regel` is our own short ASCII name of
    the rule; `tekst` is plain Norwegian without a person's data; `avviser` is True when the message is refused for it.
    """

    kode: str
    regel: str
    tekst: str
    avviser: bool = True


@dataclass(frozen=True, slots=True)
class Kode:
    """A coded value: code, display name and the code list's oid (empty when the message names none)."""

    verdi: str
    navn: str = ""
    kodeverk: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Ident:
    """An identifier, the type it is declared as (FNR, HNR, HER, …), and the code list or issuer (`S`) named with it."""

    id: str
    type: str
    system: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Organisasjon:
    """An organisational unit as the message names it."""

    navn: str
    identer: tuple[Ident, ...] = ()
    telefoner: tuple[str, ...] = ()

    @property
    def her_id(self) -> str:
        """The HER-id, or an empty string."""
        return finn_ident(self.identer, "HER")


@dataclass(frozen=True, slots=True, repr=False)
class Helsepersonell:
    """A professional: `yrke` from kodeverk 9060 (LE lege, PS psykolog, …), `rolle` towards the patient from 9034."""

    etternavn: str = ""
    fornavn: str = ""
    yrke: str = ""
    rolle: str = ""
    identer: tuple[Ident, ...] = ()
    telefoner: tuple[str, ...] = ()

    @property
    def her_id(self) -> str:
        """The HER-id, or an empty string."""
        return finn_ident(self.identer, "HER")


@dataclass(frozen=True, slots=True, repr=False)
class Adressat:
    """One end of a message: the organisation, and below it the unit or the professional that is meant."""

    organisasjon: Organisasjon
    enhet: Organisasjon | None = None
    helsepersonell: Helsepersonell | None = None

    @property
    def her_id(self) -> str:
        """The organisation's HER-id, or an empty string."""
        return self.organisasjon.her_id

    @property
    def tjeneste_her_id(self) -> str:
        """The HER-id of the unit or professional that is addressed, or an empty string."""
        if self.enhet is not None:
            return self.enhet.her_id
        return self.helsepersonell.her_id if self.helsepersonell is not None else ""


@dataclass(frozen=True, slots=True, repr=False)
class Adresse:
    """A postal address; `type` from kodeverk 3401 (H home), `kommune` the County code. Any may be empty."""

    gate: str = ""
    postnummer: str = ""
    poststed: str = ""
    type: str = ""
    kommune: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Pasient:
    """The person that the message is about. `kjønn` is from kodeverk 3101 (1 male, 2 female, …), possibly empty."""

    etternavn: str = ""
    fornavn: str = ""
    mellomnavn: str = ""
    født: date | None = None
    kjønn: str = ""
    identer: tuple[Ident, ...] = ()
    adresse: Adresse | None = None
    telefoner: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Referanser:
    """Dialogue references: the message before (RefToParent) and the first one of the dialogue (RefToConversation)."""

    forrige: str
    dialog: str


@dataclass(frozen=True, slots=True, repr=False)
class Hode:
    """The head that a receipt needs. Anything may be missing when the message could only be read in part."""

    type: Kode
    standard: Standard
    msg_id: str
    gen_date: Tidspunkt | None
    avsender: Adressat | None
    mottaker: Adressat | None


@dataclass(frozen=True, slots=True, repr=False)
class TidfestetHendelse:
    """A dated event of kodeverk 9121: `kode` is empty when the message gives none; an estimate is `tid.anslag`."""

    kode: str
    tid: Tidspunkt
    beskrivelse: str = ""
    merknad: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Pårørende:
    """A relative: `slektskap` from kodeverk 9033, and the year of birth when it is a minor (PLO 1.6)."""

    slektskap: str = ""
    omsorgsfunksjon: str = ""
    født_år: int | None = None
    etternavn: str = ""
    fornavn: str = ""
    telefoner: tuple[str, ...] = ()
    merknad: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Avsnitt:
    """A readable section of the content: its heading, and the text and coded values under it, one to a line."""

    overskrift: str
    tekst: str


@dataclass(frozen=True, slots=True, repr=False)
class Kontakter:
    """Who sent it and can be reached about it: units, contact persons, and those responsible for the report."""

    enheter: tuple[Organisasjon, ...] = ()
    kontaktpersoner: tuple[Helsepersonell, ...] = ()
    ansvarlige: tuple[Helsepersonell, ...] = ()


INGEN_KONTAKTER: Final = Kontakter()


class Logistikkslag(StrEnum):
    """The five uses of Pasientlogistikk (HIS 1149)."""

    INNLAGT = "INNLAGT"
    UTSKRIVNINGSKLAR = "UTSKRIVNINGSKLAR"
    AVMELDING = "AVMELDING"
    UTSKREVET = "UTSKREVET"
    DØD = "DOED"


HENDELSE_FOR_SLAG: Final = {
    Logistikkslag.INNLAGT: koder.INNLAGT,
    Logistikkslag.UTSKRIVNINGSKLAR: koder.UTSKRIVNINGSKLAR,
    Logistikkslag.AVMELDING: koder.AVMELDT,
    Logistikkslag.UTSKREVET: koder.UTSKREVET,
    Logistikkslag.DØD: koder.DØD,
}


@dataclass(frozen=True, slots=True, repr=False)
class Logistikk:
    """Pasientlogistikk: what happened to the stay, and when. `uttilstand` is of kodeverk 8431, `ut_til` of 8408."""

    slag: Logistikkslag
    hendelser: tuple[TidfestetHendelse, ...]
    uttilstand: Kode | None = None
    ut_til: Kode | None = None
    kontakter: Kontakter = INGEN_KONTAKTER
    pårørende: tuple[Pårørende, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Helseopplysninger:
    """HELSEOPPL_SOKNAD: the tidligmelding and its updates. `type_innhold` is of kodeverk 9140 (1 notice, 2 update)."""

    type_innhold: Kode | None
    hendelser: tuple[TidfestetHendelse, ...]
    status: str = ""
    forløp: str = ""
    kontakter: Kontakter = INGEN_KONTAKTER
    pårørende: tuple[Pårørende, ...] = ()
    avsnitt: tuple[Avsnitt, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Rapport:
    """An innleggelsesrapport or utskrivningsrapport, as readable sections."""

    kontakter: Kontakter = INGEN_KONTAKTER
    pårørende: tuple[Pårørende, ...] = ()
    avsnitt: tuple[Avsnitt, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Innlegg:
    """One question or note of a dialogue message: its coded kind or theme and its text."""

    slag: Literal["foresporsel", "notat"]
    tema: Kode
    tekst: str


@dataclass(frozen=True, slots=True, repr=False)
class Dialog:
    """A dialogue message (DIALOG_FORESPORSEL, _SVAR, _NOTAT, _AVVIK)."""

    innlegg: tuple[Innlegg, ...]


@dataclass(frozen=True, slots=True)
class Annen:
    """Content that we do not take in: the XML name of its root, empty when there is no content at all."""

    rot: str


Innhold = Logistikk | Helseopplysninger | Rapport | Dialog | Annen


@dataclass(frozen=True, slots=True, repr=False)
class Melding:
    """A whole message. `status` is N, M or C, and empty where the type has none (dialogue) or it is missing.

    `lesefunn` is what was found malformed while reading; `vedlegg` counts documents beyond the first.
    """

    hode: Hode
    kopimottakere: tuple[Adressat, ...]
    pasient: Pasient | None
    referanser: Referanser | None
    status: str
    innhold: Innhold
    lesefunn: tuple[Funn, ...] = ()
    vedlegg: int = 0


class UleseligMelding(InvalidMessage):
    """The bytes are not a message that can be read. `funn` says why, `hode` is as much of the head as was found."""

    def __init__(self, funn: Funn, hode: Hode | None) -> None:
        self.funn, self.hode = funn, hode
        super().__init__(funn.tekst, where=f"regel {funn.regel}", fix="Be avsenderen rette den og sende på nytt")


MANGEL_STATUS: Final = "STATUS"
MANGEL_FORLØP: Final = "FORLOEP"
MANGEL_FORVENTET_UTSKRIVNING: Final = "FORVENTET_UTSKRIVNING"
MANGEL_KONTAKT: Final = "KONTAKT"
MANGLER: Final = {
    MANGEL_STATUS: "pasientens status",
    MANGEL_FORLØP: "antatt forløp",
    MANGEL_FORVENTET_UTSKRIVNING: "forventet utskrivningstidspunkt",
    MANGEL_KONTAKT: "kontaktopplysninger",
}


def tidligmelding_mangler(innhold: Helseopplysninger, avsender: Adressat | None = None) -> tuple[str, ...]:
    """Which of the four mandatory points of a tidligmelding are missing, as keys of `MANGLER`.

    Source: forskrift 2011-11-18-1115 §8. Empty means that the notice is complete and stops the 24-hour clock.
    PLO 1.5 has no coded place for the expected date of discharge, so a notice in 1.5 always lacks that point.
    """
    finnes = (
        (MANGEL_STATUS, bool(innhold.status)),
        (MANGEL_FORLØP, bool(innhold.forløp)),
        (MANGEL_FORVENTET_UTSKRIVNING, forventet_utskrivning(innhold) is not None),
        (MANGEL_KONTAKT, kan_nås(innhold.kontakter, avsender)),
    )
    return tuple(navn for navn, her in finnes if not her)


def forventet_utskrivning(innhold: Helseopplysninger) -> Tidspunkt | None:
    """When discharge is expected: code 5 of kodeverk 9121, else 3 (the official 1.6 notice uses 3 with an estimate)."""
    for kode in (koder.FORVENTET_UTSKRIVNINGSKLAR, koder.UTSKRIVNINGSKLAR):
        tid = tid_for(innhold.hendelser, kode)
        if tid is not None:
            return tid
    return None


def kan_nås(kontakter: Kontakter, avsender: Adressat | None = None) -> bool:
    """True when some unit or professional, or the sender, gives a telephone number or another address."""
    enheter, personer = [*kontakter.enheter], [*kontakter.kontaktpersoner, *kontakter.ansvarlige]
    if avsender is not None:
        enheter += [avsender.organisasjon, *([avsender.enhet] if avsender.enhet else [])]
        personer += [avsender.helsepersonell] if avsender.helsepersonell else []
    return any(e.telefoner for e in enheter) or any(p.telefoner for p in personer)


def hovedhendelse(innhold: Logistikk) -> TidfestetHendelse | None:
    """The event that a logistics message is about (its own code of kodeverk 9121, HIS 1149), or None without it."""
    kode = HENDELSE_FOR_SLAG[innhold.slag]
    return next((h for h in innhold.hendelser if h.kode == kode), None)


def beslutningsansvarlig(innhold: Logistikk) -> Helsepersonell | None:
    """The lege or psykolog named as responsible, else the one named as contact; None when the message names neither.

    Source: forskrift 2011-11-18-1115 §9, §10: the decision is a lege's or psykolog's, and the notice names who decided.
    """
    for person in (*innhold.kontakter.ansvarlige, *innhold.kontakter.kontaktpersoner):
        if person.yrke in (koder.LEGE, koder.PSYKOLOG) and person.etternavn:
            return person
    return None


def barn_født_år(innhold: Helseopplysninger | Logistikk | Rapport) -> tuple[int, ...]:
    """Years of birth of the minors that the message lists, in its order (PLO 1.6 only)."""
    return tuple(p.født_år for p in innhold.pårørende if p.født_år is not None)


def tid_for(hendelser: tuple[TidfestetHendelse, ...], kode: str) -> Tidspunkt | None:
    """When the first event with this code of kodeverk 9121 is, or None."""
    return next((h.tid for h in hendelser if h.kode == kode), None)


def finn_ident(identer: tuple[Ident, ...], type_: str) -> str:
    """The first identifier of a type, or an empty string."""
    return next((ident.id for ident in identer if ident.type == type_), "")


def utsteder(ident: Ident, avsender: Adressat | None) -> str:
    """Who issued an identifier that is unique only with its issuer (H-nummer), or an empty string when unknown.

    The issuer is the oid named with the number, unless that is only the code list of id types; then it is the sender.
    """
    if ident.system and ident.system not in (koder.ID_TYPE_PERSON, koder.ID_TYPE_ORGANISASJON):
        return ident.system
    return f"HER:{avsender.her_id}" if avsender is not None and avsender.her_id else ""
