"""A whole crisis plan of somebody plainly invented, as a party has been given it: every part in its own form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import Deling, DelStatus
from bindeledd.schema.generated.kriseplan import (
    Barnedel,
    Hjemmedel,
    Innleggelsesoensker,
    Kontakt,
    Kontakter,
    KriseplanBruk,
    KriseplanKopi,
    Kriseplannivaa,
    Kriseplantilstand,
    KriseplanUtsnitt,
    RoedtNivaa,
    TegnOgTiltak,
    Tiltak,
)
from tests.nettsider import ACT, NÅ, PAM, kriseplan, ref


def kriseplan_i_nivåer(**endret: Any) -> KriseplanUtsnitt:
    """Version 3, with every part in its own form, as a whole plan is: two uses, and who has a copy."""
    tegn = TegnOgTiltak(
        utloesende=("Lite søvn", "Regninger som hoper seg opp"), groenne_tegn=("Lager mat", "Går på treff på onsdager"),
        groenne_tiltak=(Tiltak(hva="Faste måltider", hvem="Personen selv", naar="hver dag"),),
        gule_tegn=("Sover under fire timer", "Snur døgnet", "Slutter å svare på meldinger"),
        gule_tiltak=(
            Tiltak(hva="Gå en tur", hvem="Søster", naar="samme dag", hvordan="uten å snakke om sykdom"),
            Tiltak(hva="Ekstra samtale", hvem="ACT-teamet", naar="innen to dager", hvordan="hjemme"),
        ),
        hjulpet=("Ro rundt seg", "At noen tar over regningene"),
    )  # fmt: skip
    rødt = RoedtNivaa(
        tegn=("Åpner ikke døra", "Hører stemmer som truer"),
        tiltak=(
            Tiltak(hva="Ring ACT-teamet med en gang", hvem="Den som møter personen", naar="hele døgnet"),
            Tiltak(hva="Bli der", hvem="Søster", hvordan="til noen kommer"),
        ),
        moetes="Snakk rolig. Si hvem du er, og hva du skal gjøre. Høyst to om gangen.",
        hjelper_ikke=("Uniform", "Høy stemme"), annet="Hunden er snill.",
    )  # fmt: skip
    ring = (
        Kontakt(navn="Søster", telefon="40 00 00 00", naar="hele døgnet", rolle="søster"),
        Kontakt(navn="ACT-team Kronstad", telefon="+47 55 00 00 01", naar="8–20", rolle="team"),
        Kontakt(navn="PAM", telefon="55 00 00 02", naar="natt og helg", rolle="akuttmottak"),
    )
    vanlig: dict[str, Any] = {
        "tilstand": Kriseplantilstand.GJELDER, "versjon": 3, "laget": NÅ - timedelta(days=10), "eier_part": ACT,
        "tegn_og_tiltak": Klartekst(tegn), "roedt": Klartekst(rødt), "kontakter": Klartekst(Kontakter(kontakter=ring)),
        "innleggelsesoensker": Klartekst(
            Innleggelsesoensker(
                sted="DPS Kronstad", brukerstyrt_seng="Avtale på DPS: ring først",
                oensket="Det som hjalp i fjor", uoensket="Reimer", annet="Egne klær",
            )
        ),
        "barna": Klartekst(
            Barnedel(
                hvem_tar_barna="Mormor", hva_de_vet="At mamma av og til må hvile på sykehus",
                hvem_informerer="Mormor, samme dag", barneansvarlig="Barneansvarlig på DPS, 55 00 00 03", annet="",
            )
        ),
        "hjem": Klartekst(
            Hjemmedel(dyr="Søster tar hunden", bolig="Nøkkel hos nabo", arbeid="Ring leder", oekonomi="Husleie den 1.")
        ),
        "medvirkning": ("pasient", "paaroerende"), "revideres": NÅ + timedelta(days=170),
        "deler": tuple(
            DelStatus(del_=d, deling=Deling.DELT)
            for d in ("tegn_og_tiltak", "roedt_nivaa", "kontakter", "innleggelse", "barn", "hjem_og_oekonomi")
        ),
        "kopier": (
            KriseplanKopi(
                part=PAM, versjon=2, deler=("roedt_nivaa",), fra=NÅ - timedelta(days=40), til=NÅ - timedelta(days=10)
            ),
            KriseplanKopi(
                part="legevakt", versjon=2, deler=("roedt_nivaa", "kontakter"), fra=NÅ - timedelta(days=40),
                til=NÅ - timedelta(days=20),
            ),
            KriseplanKopi(part=PAM, versjon=3, deler=("roedt_nivaa", "kontakter"), fra=NÅ - timedelta(days=10)),
        ),
    }  # fmt: skip
    return kriseplan(Deling.DELT, **{**vanlig, **endret})


def brukt(nummer: int, part: str = PAM, av: str = "demo-109", **endret: Any) -> KriseplanBruk:
    vanlig: dict[str, Any] = {
        "bruk_ref": ref(nummer), "part": part, "av": av, "nivaa": Kriseplannivaa.ROEDT, "versjon": 3,
        "tatt_i_bruk": NÅ - timedelta(hours=2),
    }  # fmt: skip
    return KriseplanBruk(**{**vanlig, **endret})
