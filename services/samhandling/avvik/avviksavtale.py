"""Understands which agreement an avvik falls under: the one that held when it happened (rules 2.5)."""

from __future__ import annotations

from dataclasses import replace

from bindeledd.core.errors import RuleBroken
from bindeledd.schema.generated.samhandling import Avviksfakta
from services.felles.avtaler import Avtaler
from services.felles.tid import lokal_dag


def under_avtale(fakta: Avviksfakta, avtaler: Avtaler) -> tuple[Avviksfakta, bool]:
    """With the agreement that it falls under as of when it happened (rules 2.5), and whether that lets the reporter be
    unknown."""
    dag = lokal_dag(fakta.hendt)
    if fakta.avtale:
        avtale = avtaler.finn(fakta.avtale, fakta.avtale_versjon, dag)
        if avtale is None:
            raise RuleBroken("avvik.avtale", "Avtalen gjaldt ikke den dagen. Velg en som gjaldt da det hendte")
    else:
        avtale = avtaler.for_kategori(fakta.kategori, dag)
    if avtale is None:
        return fakta, False
    return replace(fakta, avtale=avtale.id, avtale_versjon=avtale.versjon), avtale.anonym
