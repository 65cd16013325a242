"""Views of cases of avvik, for tests of the pages."""

from __future__ import annotations

from datetime import date, timedelta
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
    Forumbehandling,
    ForumsakUtsnitt,
    Forumutfall,
    FristVist,
    Loggreferanse,
    MoensterUtsnitt,
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
        "ved": Avvikslukking.UKJENT, "tilbakemelding": None, "forum": None, "moete": None, "spoersmaal": None,
        "behandlinger": (), "forumtekster": (), "frister": (), "oppgaver": (), "deler": (),
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


MØTET = date(2024, 2, 13)
"""When the DPR of Kronstad meets next."""


def uenig(**endret: Any) -> AvvikUtsnitt:
    """The same, and PAM does not agree."""
    return besvart(Avviksinnleggslag.UENIGHET, **{"tilstand": Avvikstilstand.UENIG, **endret})


def eskalert(**endret: Any) -> AvvikUtsnitt:
    """The same, put up for the DPR."""
    vanlig: dict[str, Any] = {
        "tilstand": Avvikstilstand.ESKALERT, "forum": "dpr-kronstad", "moete": MØTET,
        "spoersmaal": sagt("Hvem skal melde fra?"),
    }  # fmt: skip
    return uenig(**{**vanlig, **endret})


def behandling(utfall: Forumutfall, **endret: Any) -> Forumbehandling:
    vanlig: dict[str, Any] = {
        "forum": "dpr-kronstad", "moete": MØTET, "tid": NÅ, "utfall": utfall, "til_forum": None, "beslutning": 0,
    }  # fmt: skip
    return Forumbehandling(**{**vanlig, **endret})


def forumsak(**endret: Any) -> ForumsakUtsnitt:
    """A case that waits for the DPR, as the forum sees it."""
    vanlig: dict[str, Any] = {
        "aggregat": "", "grunn": GRUNN, "tilstand": Avvikstilstand.ESKALERT, "forum": "dpr-kronstad", "moete": MØTET,
        "dps": "dps-kronstad", "rus": False, "kategori": Avvikskategori.TIDLIGMELDING, "alvor": Avviksalvor.UKJENT,
        "avtale": "samarbeidsavtale-ta1", "avtale_versjon": "2022", "punkt": "4.2", "av_slag": "act",
        "mot_slag": "pam", "eskalert_av_slag": "act", "meldt": NÅ - timedelta(days=20),
        "besvart": NÅ - timedelta(days=10), "eskalert": NÅ - timedelta(days=1),
        "spoersmaal": sagt("Hvem skal melde fra?"), "behandlinger": (), "tekster": (), "lukket": None,
        "ved": Avvikslukking.UKJENT,
    }  # fmt: skip
    return ForumsakUtsnitt(**{**vanlig, **endret})


def mønster(**endret: Any) -> MoensterUtsnitt:
    """A pattern that waits for the DPR."""
    vanlig: dict[str, Any] = {
        "aggregat": "", "grunn": GRUNN, "forum": "dpr-kronstad", "moete": MØTET, "dps": "dps-kronstad",
        "kategori": Avvikskategori.EPIKRISE, "slag": ("act", "pam"), "antall": 7, "faa": False,
        "fra": NÅ - timedelta(days=80), "til": NÅ - timedelta(days=2), "behandlinger": (), "tekster": (),
    }  # fmt: skip
    return MoensterUtsnitt(**{**vanlig, **endret})
