"""What may be set: told of in one table, and refused in one line when it does not hang together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from bindeledd.app.settings import Settings
from bindeledd.core.errors import InvalidMessage
from tests.crash.filer import ROT
from tests.sertifikater import Utsteder

RAD = re.compile(r"^\| `BINDELEDD_(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def test_the_table_tells_of_every_setting_with_its_default_and_of_nothing_else() -> None:
    tabell = {
        navn.lower(): standard for navn, _, standard, _ in RAD.findall((ROT / "docs/settings.md").read_text("utf-8"))
    }
    assert list(tabell) == [navn for navn in tabell if navn in Settings.model_fields]
    assert tabell.keys() == Settings.model_fields.keys()
    for navn, felt in Settings.model_fields.items():
        sagt = tabell[navn]
        if felt.default in (None, "", {}):
            assert sagt.startswith("none"), navn
        else:
            assert sagt == f"`{felt.default}`", navn


@pytest.fixture
def ca(tmp_path: Path) -> Path:
    return Utsteder(tmp_path).ca


def test_a_password_comes_from_the_environment_or_from_a_file_and_is_never_shown(ca: Path, tmp_path: Path) -> None:
    (fil := tmp_path / "passord").write_text("hemmelig\n", "utf-8")
    fra_fil = Settings(kafka="b:1", kafka_ca_file=ca, kafka_user="u", kafka_password_file=fil)
    satt = Settings(kafka="b:1", kafka_ca_file=ca, kafka_user="u", kafka_password=SecretStr("hemmelig"))
    for settings in (fra_fil, satt):
        assert settings.cluster("x").security.password == "hemmelig"
        assert "hemmelig" not in repr(settings.cluster("x")) + repr(settings)
    database = Settings(database=SecretStr("postgresql://u@h/d"), database_password_file=fil).database_url()
    assert database is not None
    assert "password=hemmelig" in database


@pytest.mark.parametrize(
    ("satt", "grunn"),
    [
        ({"kafka_user": "u", "kafka_password": "hemmelig"}, "KAFKA_CA_FILE"),
        ({"kafka_cert_file": "a", "kafka_key_file": "b"}, "KAFKA_CA_FILE"),
        ({"kafka_ca_file": "ca", "kafka_cert_file": "a"}, "KAFKA_KEY_FILE"),
        ({"kafka_ca_file": "ca", "kafka_user": "u"}, "a user has one password"),
        ({"kafka_ca_file": "ca", "kafka_user": "u", "kafka_password": "hemmelig", "kafka_password_file": "f"}, "one"),
        ({"kafka_ca_file": "ca", "kafka_password": "hemmelig"}, "without BINDELEDD_KAFKA_USER"),
        ({"kafka_ca_file": "ca", "kafka_user": "u", "kafka_password_file": "finnes-ikke"}, "cannot be read"),
    ],
)
def test_what_does_not_hang_together_is_refused_without_the_secret(satt: dict[str, str], grunn: str) -> None:
    with pytest.raises(InvalidMessage, match=grunn) as feil:
        Settings.model_validate({"kafka": "b:1", **satt}).cluster("x")
    assert "hemmelig" not in str(feil.value)


def test_a_file_that_is_of_no_use_is_named(ca: Path, tmp_path: Path) -> None:
    (annet := tmp_path / "annet.pem").write_text("noe annet", "utf-8")
    with pytest.raises(InvalidMessage, match=r"annet\.pem"):
        Settings(kafka="b:1", kafka_ca_file=annet).cluster("x")
    with pytest.raises(InvalidMessage, match="not there to be read"):
        Settings(kafka="b:1", kafka_ca_file=ca.with_name("borte.pem")).cluster("x")
    with pytest.raises(InvalidMessage, match=r"annet\.pem"):
        Settings(kafka="b:1", kafka_ca_file=ca, kafka_cert_file=annet, kafka_key_file=annet).cluster("x")


def test_what_a_process_answers_with_is_looked_at_before_it_starts(ca: Path, tmp_path: Path) -> None:
    sertifikat, nøkkel = Utsteder(tmp_path).sertifikat("worker")
    assert Settings().certificate() is None
    assert Settings(http_cert_file=sertifikat, http_key_file=nøkkel).certificate() is not None
    for halvt in (Settings(http_cert_file=sertifikat), Settings(http_key_file=nøkkel)):
        with pytest.raises(InvalidMessage, match=r"go together.*BINDELEDD_HTTP_CERT_FILE"):
            halvt.certificate()
    with pytest.raises(InvalidMessage, match=r"ca\.pem.*BINDELEDD_HTTP_CERT_FILE"):
        Settings(http_cert_file=ca, http_key_file=nøkkel).certificate()
