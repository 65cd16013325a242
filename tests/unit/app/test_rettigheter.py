"""Who may read and write which topic, as the catalogue and the municipality's file say."""

from __future__ import annotations

import re

import pytest

from bindeledd.app.installation import all_services, catalog
from bindeledd.app.process import rights_wanted, topics_wanted
from bindeledd.app.settings import Settings
from bindeledd.runtime.rights import PART, RELAY, WATCH, WEB, WORKER, Right, is_ours, name_of, rights
from bindeledd.runtime.topics import writer_of
from tests.rom import BERGEN

ALLE = rights_wanted(Settings())
PARTER = {"bergen-kommune": ["enhet-arna", "enhet-fana"], "betanien": ["act-betanien"]}


def som_kan(operasjon: str, tema: str) -> set[str]:
    return {r.principal for r in ALLE if (r.operation, r.resource, r.name) == (operasjon, "topic", tema)}


def test_each_topic_has_one_writer_the_relay_of_its_service() -> None:
    for tema in topics_wanted(Settings()):
        assert som_kan("Write", tema) == {name_of(RELAY, writer_of(tema))}


def test_a_worker_may_read_what_its_service_reads_and_writes_and_nothing_else() -> None:
    temaer = topics_wanted(Settings())
    for tjeneste in all_services(Settings().config()):
        if tjeneste.name == "web":
            continue
        leses = {tema for tema in temaer if tjeneste.reads(tema) or writer_of(tema) == tjeneste.name}
        assert leses == {
            r.name for r in ALLE if r.principal == name_of(WORKER, tjeneste.name) and r.resource == "topic"
        }


def test_a_partys_topic_is_read_by_its_organisations_web_its_own_system_and_who_wrote_it_only() -> None:
    for part in BERGEN.parter.values():
        web = name_of(WEB, part.organisasjon)
        assert som_kan("Read", f"samhandling.til.{part.id}") == {
            web, name_of(PART, part.id), name_of(WORKER, "samhandling"),
        }  # fmt: skip
    assert not any(
        r.principal.startswith("bindeledd.web.") and ".til." not in r.name for r in ALLE if r.resource == "topic"
    )


def test_everybody_who_reads_has_a_group_and_nobody_has_anothers() -> None:
    grupper = [r for r in ALLE if r.resource == "group" and r.operation == "Read"]
    assert {r.principal for r in grupper} == {r.principal for r in ALLE if r.operation == "Read"}
    assert len({r.name for r in grupper}) == len(grupper)
    assert Right(name_of(WORKER, "barn_paaroerende"), "group", "bindeledd.barn_paaroerende", "Read") in grupper


def test_the_watch_reads_events_only_and_sees_how_far_everybody_is() -> None:
    vakt = {r for r in ALLE if r.principal == name_of(WATCH)}
    assert not [r for r in vakt if ".til." in r.name and r.operation != "Describe"]
    assert {r.name for r in vakt if r.operation == "Describe"} == {*topics_wanted(Settings()), "bindeledd."}


def test_the_rights_are_those_of_the_parties_that_there_are() -> None:
    få = rights(catalog(), PARTER)
    assert {r.principal for r in få if r.principal.startswith(("bindeledd.web", "bindeledd.part"))} == {
        "bindeledd.web.bergen-kommune", "bindeledd.web.betanien", "bindeledd.part.enhet-arna",
        "bindeledd.part.enhet-fana", "bindeledd.part.act-betanien",
    }  # fmt: skip
    assert set(få) < set(ALLE)


def test_the_names_are_such_as_kubernetes_takes() -> None:
    assert all(re.fullmatch(r"[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?", r.principal) for r in ALLE)


@pytest.mark.parametrize(
    "andres", ["User:admin", "User:bindeledd.topics", "User:bindeledd.watchdog", "User:x.bindeledd.relay"]
)
def test_other_principals_are_not_ours(andres: str) -> None:
    assert not is_ours(andres)
    assert all(is_ours(f"User:{navn}") for navn in (name_of(WATCH), name_of(RELAY, "kriseplan"), name_of(PART, "nav")))
