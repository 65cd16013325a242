"""What one organisation's web is given of the keys, and what it cannot open with it."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from bindeledd.access.tokens import Tokens
from bindeledd.app.http import commands_app
from bindeledd.app.installation import codec, give, given_to, open_all
from bindeledd.app.settings import Settings
from bindeledd.core.clock import SeededEntropy, system_clock
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import InvalidMessage, NotAllowed, TransientError
from bindeledd.core.sealed import Forseglet
from bindeledd.schema.codec import Codec
from bindeledd.seal import keys as crypto
from bindeledd.seal.held import Given, Master, read_given
from bindeledd.seal.keyring import LentKeyring
from bindeledd.store import log
from bindeledd.store.sqlite import SqliteDb
from services.felles.parter import parter_i
from services.felles.toml_leser import OppsettFeil
from services.samhandling.mottak import ta_imot
from tests.crash.jobber import melding
from tests.klient import Klient
from tests.rom import BERGEN
from tests.unit.app.conftest import Kjør

NEI = "act-kronstad is no party of bergen-kommune. Ask for one of its own"
KOMMUNEN, SYKEHUSET = "bergen-kommune", "helse-bergen"


@pytest.fixture(scope="module")
def mappe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with some messages taken in, and views of them given; and what the municipality was given of it."""
    mappe = tmp_path_factory.mktemp("inst") / "data"
    with open_all(Settings(data=mappe)) as inst:
        for slag in ("innlagt", "tidlig", "klar"):
            ta_imot(inst.engines["samhandling"], melding(slag, 1)[1])
        inst.embedded.pump()
    give(Settings(data=mappe), KOMMUNEN).save(mappe.parent / "kommunen.keys")
    return mappe


@pytest.fixture
def gitt(mappe: Path) -> Given:
    return read_given(mappe.parent / "kommunen.keys")


def forseglede(mappe: Path) -> Iterator[tuple[str, Forseglet[object]]]:
    """(topic, sealed value) of everything in every service's log, the board's left out: those are copies."""
    for fil in sorted(mappe.glob("*.db")):
        if fil.stem in ("keyring", "web"):
            continue
        with closing(SqliteDb(fil, read_only=True)) as db:
            for rad in log.read_page(db, 0, 10_000):
                yield from ((rad.topic, verdi) for verdi in _i(codec(), rad.data))


def _i(codec: Codec, data: bytes) -> Iterator[Forseglet[object]]:
    _, hendelse = codec.decode(data)
    for navn in codec.sealed_fields(hendelse.avro_name):
        if isinstance(verdi := getattr(hendelse, navn), Forseglet):
            yield verdi


def test_a_web_opens_the_views_of_its_own_parties_and_not_a_byte_of_anything_else(mappe: Path, gitt: Given) -> None:
    egne = {f".til.{part}" for part in parter_i(BERGEN, KOMMUNEN)}
    åpnet, lukket = set(), set()
    with closing(LentKeyring(SqliteDb(mappe / "keyring.db", read_only=True), gitt, SeededEntropy(1))) as lånt:
        rader = {rad[0]: rad for rad in lånt._db.all("SELECT key_id, wrapped FROM data_key")}
        for tema, verdi in forseglede(mappe):
            if any(tema.endswith(slutt) for slutt in egne):
                assert crypto.unseal(lånt.key(verdi.key).secret, verdi)
                åpnet.add(tema)
                continue
            lukket.add(tema)
            with pytest.raises(NotAllowed):
                lånt.key(verdi.key)
            for hemmelig in (*gitt.keks.values(), gitt.own, gitt.fingerprint()):
                with pytest.raises(InvalidMessage):
                    crypto.unwrap(hemmelig, *rader[verdi.key])
                with pytest.raises(InvalidMessage):
                    crypto.unseal(hemmelig, verdi)
    sykehusets = {tema for tema in lukket if tema.partition(".til.")[2] in parter_i(BERGEN, SYKEHUSET)}
    assert åpnet
    assert sykehusets
    assert {tema for tema in lukket if ".til." not in tema} >= {"samhandling.person", "samhandling.opphold"}


def test_it_finds_nobody_by_a_national_id_and_makes_no_key(mappe: Path, gitt: Given) -> None:
    før = (mappe / "keyring.db").read_bytes()
    with closing(LentKeyring(SqliteDb(mappe / "keyring.db", read_only=True), gitt, SeededEntropy(1))) as lånt:
        with pytest.raises(NotAllowed):
            lånt.blind("13116900216", "FNR", "")
        økt = lånt.session("web")
        with pytest.raises(NotAllowed):
            økt.key_for("s1", None)
        økt.key_for("s1", None, parter_i(BERGEN, KOMMUNEN)[0])
        with pytest.raises(NotAllowed, match="makes no keys"):
            økt.flush(0, 1)
    assert (mappe / "keyring.db").read_bytes() == før


def test_a_service_knows_which_organisation_asks_and_refuses_it_the_parties_of_others(mappe: Path, gitt: Given) -> None:
    with (
        open_all(Settings(data=mappe)) as inst,
        closing(LentKeyring(SqliteDb(mappe / "keyring.db", read_only=True), gitt, SeededEntropy(1))) as lånt,
    ):
        tjenesten = Klient(commands_app(inst.engines, BERGEN, Tokens(inst.around.keyring, system_clock)))

        def spurt(part: str, rolle: str) -> httpx.Response:
            hoder = {"Authorization": Tokens(lånt, system_clock).header(Actor(rolle, KOMMUNEN, part))}
            return tjenesten.post(f"/api/kriseplan/personer/{'0' * 32}/tilby", json={}, headers=hoder)

        assert spurt("enhet-fana", "koordinator").status_code == 409  # let in, and refused by a rule
        nei = spurt("act-kronstad", "act-medlem")
        assert (nei.status_code, nei.json()["detail"]) == (403, NEI)


def test_the_key_file_is_its_owners_alone_holds_no_master_secret_and_is_written_over_nothing(
    mappe: Path, gitt: Given, kjør: Kjør
) -> None:
    fil, master = mappe.parent / "kommunen.keys", (mappe / "keyring.kek").read_bytes()
    assert stat.S_IMODE(fil.stat().st_mode) == 0o600
    assert master.hex() not in fil.read_text("ascii")
    assert set(gitt.keks) == set(parter_i(BERGEN, KOMMUNEN))
    assert gitt == Master(master).given(KOMMUNEN, parter_i(BERGEN, KOMMUNEN))
    svar = kjør("keys", "give", SYKEHUSET, fil, "--data", mappe)
    assert (svar.kode, read_given(fil)) == (3, gitt)
    assert "there is a file here already" in svar.sagt


def test_keys_are_given_where_the_master_secret_is_and_to_organisations_that_there_are(
    tmp_path: Path, mappe: Path, kjør: Kjør
) -> None:
    svar = kjør("keys", "give", KOMMUNEN, tmp_path / "k", "--data", tmp_path / "tom")
    assert (svar.kode, "no master secret here" in svar.sagt) == (3, True)
    svar = kjør("keys", "give", "finnes-ikke", tmp_path / "k", "--data", mappe)
    assert (svar.kode, "organisasjon.finnes-ikke" in svar.sagt) == (3, True)
    assert not (tmp_path / "k").exists()


@pytest.mark.parametrize(
    "innhold", [b"", b"{}", b"[]", b'{"proof": "00", "own": "00", "organisation": "x", "keks": {}}']
)
def test_what_is_no_key_file_is_refused_and_not_quoted(tmp_path: Path, innhold: bytes) -> None:
    (tmp_path / "k").write_bytes(innhold)
    with pytest.raises(InvalidMessage, match="this is no key file"):
        read_given(tmp_path / "k")


def test_keys_of_another_organisation_or_another_keyring_or_without_a_party_are_refused(
    mappe: Path, gitt: Given, tmp_path: Path
) -> None:
    innstilt = Settings(data=mappe, keys_file=mappe.parent / "kommunen.keys")
    with pytest.raises(InvalidMessage, match=f"keys of {KOMMUNEN}"):
        given_to(innstilt, innstilt.config(), SYKEHUSET)
    fil = tmp_path / "færre"
    said = json.loads((mappe.parent / "kommunen.keys").read_text("ascii"))
    said["keks"].pop("enhet-fana")
    fil.write_text(json.dumps(said), "ascii")
    with pytest.raises(InvalidMessage, match="the key of the party enhet-fana is missing"):
        given_to(Settings(data=mappe, keys_file=fil), innstilt.config(), KOMMUNEN)
    with pytest.raises(OppsettFeil):
        give(innstilt, "finnes-ikke")
    annet = Master(b"x" * 32).given(KOMMUNEN, parter_i(BERGEN, KOMMUNEN))
    av_et_annet = pytest.raises(InvalidMessage, match="of another keyring")
    with closing(SqliteDb(mappe / "keyring.db", read_only=True)) as db, av_et_annet:
        LentKeyring(db, annet, SeededEntropy(1))
    with closing(SqliteDb(tmp_path / "ny.db")) as db, pytest.raises(TransientError, match="not made yet"):
        LentKeyring(db, annet, SeededEntropy(1))
