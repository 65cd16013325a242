"""What each party has been given, folded from its views."""

from __future__ import annotations

from pathlib import Path

import pytest

from bindeledd.core.errors import Shredded
from bindeledd.schema.generated.samhandling import OppholdUtsnitt, Personalia, PersonUtsnitt
from services.felles.toml_leser import OppsettFeil
from tests.nettsider import ACT, ENHET, NAV, by, melding, opphold, oppsett, person, ref
from tests.parkering import parker
from web import gitt
from web.tjeneste import tjeneste


def test_the_newest_version_of_a_view_is_what_a_party_has(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        web = by_.inne.engines["web"]
        by_.gi("samhandling", ref(101), ref(1), {ACT: opphold()})
        by_.gi("samhandling", ref(101), ref(1), {ACT: opphold(kopi=True)})
        (har,) = gitt.live(web, ACT)
        assert (har.slag, har.tjeneste, har.aggregat) == (OppholdUtsnitt.avro_name, "samhandling", ref(101))
        assert har.utsnitt.kopi


def test_each_party_has_its_own_and_nothing_of_the_others(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        web = by_.inne.engines["web"]
        by_.gi("samhandling", ref(101), ref(1), {ACT: opphold(), ENHET: opphold(kopi=True)})
        assert [har.utsnitt.kopi for har in gitt.live(web, ENHET)] == [True]
        assert gitt.live(web, NAV) == []
        assert gitt.om_person(web, NAV, ref(1)) == []


def test_a_web_takes_in_nothing_of_parties_it_does_not_serve(tmp_path: Path) -> None:
    with by(tmp_path, parter=(NAV,)) as by_:
        by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
        assert by_.inne.engines["web"].position == 0


def test_a_party_that_is_not_configured_is_refused() -> None:
    with pytest.raises(OppsettFeil, match=r"part\.ukjent"):
        tjeneste(oppsett(), ("ukjent",))


def test_a_view_that_ended_leaves_only_that_it_ended_and_when(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        web = by_.inne.engines["web"]
        by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
        by_.gi("samhandling", ref(101), ref(1), {})
        assert gitt.live(web, ACT) == []
        (var,) = gitt.om_person(web, ACT, ref(1))
        assert (var.slag, var.avsluttet, var.utsnitt) == (PersonUtsnitt.avro_name, by_.klokke.now, None)


def test_a_view_that_comes_back_is_given_again(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        web = by_.inne.engines["web"]
        for views in ({ACT: opphold()}, {}, {ACT: opphold()}):
            by_.gi("samhandling", ref(101), ref(1), views)
        assert [har.avsluttet for har in gitt.om_person(web, ACT, ref(1))] == [None]


def test_a_message_is_in_the_message_list_and_makes_nobody_a_row_on_the_board(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        web = by_.inne.engines["web"]
        by_.gi("samhandling", ref(101), ref(1), {ACT: melding()})
        assert [har.aggregat for har in gitt.meldinger(web, ACT, 5)] == [ref(101)]
        assert gitt.live(web, ACT) == gitt.om_person(web, ACT, ref(1)) == []


def test_names_are_opened_when_a_page_asks_and_lie_nowhere_in_the_clear(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        web = by_.inne.engines["web"]
        by_.gi("samhandling", ref(101), ref(1), {ACT: person("Merkeliga")})
        (har,) = gitt.live(web, ACT)
        innhold = gitt.åpne(web, har.utsnitt.personalia)
        assert isinstance(innhold, Personalia)
        assert innhold.fornavn == "Merkeliga"
        web.idle()
        filer = [fil for fil in tmp_path.rglob("*") if fil.is_file()]
        assert filer
        assert [fil.name for fil in filer if b"Merkeliga" in fil.read_bytes()] == []


def test_what_has_been_shredded_is_said_and_not_shown(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        web = by_.inne.engines["web"]
        by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
        by_.inne.around.keyring.shred_person(ref(1))
        (har,) = gitt.live(web, ACT)
        assert isinstance(gitt.åpne(web, har.utsnitt.personalia), Shredded)


def test_a_record_in_quarantine_makes_its_person_uncertain(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        web = by_.inne.engines["web"]
        assert gitt.usikre(web) == frozenset()
        parker(by_, ref(1))
        assert gitt.usikre(web) == frozenset({ref(1)})
