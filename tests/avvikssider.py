"""Views of cases of avvik, for tests of the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import FristTilstand, Tekst
from bindeledd.schema.generated.samhandling import (
    Avviksalvor,
    Avviksfakta,
    Avviksinnlegg,
    Avviksinnleggslag,
    Avvikskategori,
    Avvikslukking,
    Avvikstilstand,
    AvvikUtsnitt,
    FristVist,
    Loggreferanse,
)
from tests.nettsider import ACT, GRUNN, NÅ, PAM, ref

FAKTA = Avviksfakta(
    kategori=Avvikskategori.TIDLIGMELDING, alvor=Avviksalvor.UKJENT, hendt=NÅ - timedelta(days=2),
    oppdaget=NÅ - timedelta(days=2), avtale="samarbeidsavtale-ta1", avtale_versjon="2022", punkt="",
    opphold_ref=ref(112), bevis=(Loggreferanse(tema="samhandling.opphold", stroem=ref(112), versjon=7),),
)  # fmt: skip


def sagt(tekst: str) -> Klartekst[Tekst]:
    return Klartekst(Tekst(tekst=tekst))


def utkast(**endret: Any) -> AvvikUtsnitt:
    """What a missed clock has drafted, as a unit that may report it sees it."""
    vanlig: dict[str, Any] = {
        "aggregat": "", "grunn": GRUNN, "tilstand": Avvikstilstand.UTKAST, "av_part": None, "mot_part": PAM,
        "meldt": None, "melder": "", "anonym": False, "fakta": FAKTA, "hendelse": None, "strakstiltak": None,
        "mottatt": None, "innlegg": (), "innlegg_eldre": 0, "tekster": (), "enige": (), "lukket": None,
        "ved": Avvikslukking.UKJENT, "tilbakemelding": None, "frister": (), "oppgaver": (), "deler": (),
    }  # fmt: skip
    return AvvikUtsnitt(**{**vanlig, **endret})


def meldt(**endret: Any) -> AvvikUtsnitt:
    """The same, reported by ACT to PAM a day ago."""
    frist = FristVist(
        navn="avvik_svar", forfall=NÅ + timedelta(days=20), tilstand=FristTilstand.AAPEN, paragraf="lokalt valg"
    )
    vanlig: dict[str, Any] = {
        "tilstand": Avvikstilstand.SENDT, "av_part": ACT, "meldt": NÅ - timedelta(days=1), "melder": "demo-102",
        "hendelse": sagt("Ingen meldte fra"), "strakstiltak": sagt("Ringte avdelingen"), "frister": (frist,),
    }  # fmt: skip
    return utkast(**{**vanlig, **endret})


def besvart(slag: Avviksinnleggslag = Avviksinnleggslag.SVAR, **endret: Any) -> AvvikUtsnitt:
    """The same, opened by PAM and answered."""
    innlegg = Avviksinnlegg(part=PAM, slag=slag, tid=NÅ, av="", svar=0, tiltak=1, laering=-1)
    vanlig: dict[str, Any] = {
        "tilstand": Avvikstilstand.SVART, "mottatt": NÅ - timedelta(hours=3), "innlegg": (innlegg,),
        "tekster": (sagt("Vakten visste det ikke"), sagt("Ny rutine på vakta")),
    }  # fmt: skip
    return meldt(**{**vanlig, **endret})
