"""Answers who asks how cases of avvik went, step by step: the same fold as that of `bindeledd replay avvik`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bindeledd.core.envelope import Envelope
from services.felles.gang import Gang, GangBane, GangSak, GangSpørsmål, GangSteg
from services.felles.oppsett import Oppsett
from services.samhandling.avvik.avvik import Avvik
from services.samhandling.avvik.avviksgang import UKJENT_PART, Sak, Steg, Utvalg, per, steg

SAKER_VIST, SKJEDD_VIST = 30, 40
Poster = Sequence[tuple[Envelope, Any]]


def gang(poster: Poster, spurt: GangSpørsmål, oppsett: Oppsett, *, eldre_utelatt: bool = False) -> Gang:
    """How the cases that are asked for stood at the moment that is asked for, and what can be stepped to from there."""
    utvalg = Utvalg(oppsett, spurt.dps, spurt.bydel, spurt.kategori, spurt.tilstand)
    stegene = [s for s in steg(poster, utvalg) if _i_vinduet(s.tid, spurt)]
    momenter = sorted({s.tid for s in stegene})
    da = _moment(momenter, spurt)
    if da is None:
        return Gang(per=None, steg=0, antall=0, saker=[], funnet=0, skjedd=[], eldre_utelatt=eldre_utelatt)
    med = {s.sak for s in stegene}
    saker = [sak for sak in per(poster, da).stilling(utvalg) if sak.navn in med]
    vist = saker[-SAKER_VIST:][::-1]
    navn = {sak.navn for sak in vist}
    skjedd = [s for s in stegene if s.tid <= da and s.sak in navn]
    return Gang(
        per=da, steg=bisect_right(momenter, da), antall=len(momenter), saker=[_sak(sak) for sak in vist],
        funnet=len(saker), skjedd=[_steg(s) for s in skjedd[-SKJEDD_VIST:][::-1]], eldre_utelatt=eldre_utelatt,
    )  # fmt: skip


def _i_vinduet(tid: datetime, spurt: GangSpørsmål) -> bool:
    return (spurt.fra is None or tid >= spurt.fra) and (spurt.til is None or tid < spurt.til)


def _moment(momenter: Sequence[datetime], spurt: GangSpørsmål) -> datetime | None:
    if spurt.per is not None or not momenter:
        return spurt.per
    return momenter[min(spurt.steg or len(momenter), len(momenter)) - 1]


def _sak(sak: Sak) -> GangSak:
    state, fakta = sak.state, sak.state.fakta
    return GangSak(
        navn=sak.navn, kategori=fakta.kategori.value if fakta else "", tilstand=state.tilstand.value,
        avtale=fakta.avtale if fakta else "", avtale_versjon=fakta.avtale_versjon if fakta else "",
        mot=_mot(state), hendt=fakta.hendt if fakta else None,
        baner=[
            GangBane(
                part=b.part, rolle=b.rolle, sendt=b.sendt, fått=b.fått, åpnet=b.åpnet, svart=b.svart, status=b.status
            )
            for b in sak.baner
        ],
    )  # fmt: skip


def _mot(state: Avvik) -> str:
    return state.mot_part or UKJENT_PART


def _steg(s: Steg) -> GangSteg:
    return GangSteg(tid=s.tid, sak=s.sak, hendelse=s.hendelse, part=s.part)
