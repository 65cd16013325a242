"""What Strimzi is told: the topics and rights that `topics apply` would bring to a cluster, and no others."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from bindeledd.app.cli import app
from bindeledd.app.process import rights_wanted, topics_wanted
from bindeledd.app.settings import Settings
from bindeledd.runtime.rights import PART, Right, name_of
from tests.unit.test_deploy import DEPLOYMENTS


def sagt(*valg: str) -> dict[str, dict[str, Any]]:
    """Kind and name → the resource."""
    svar = CliRunner().invoke(app, ["topics", "strimzi", *valg])
    assert svar.exit_code == 0, svar.output
    return {f"{each['kind']} {each['metadata']['name']}": each for each in yaml.safe_load_all(svar.stdout) if each}


@cache
def alt() -> dict[str, dict[str, Any]]:
    """What is said by default: read once, and not by each process that only collects the tests."""
    return sagt()


def test_every_topic_is_there_as_it_is_to_be() -> None:
    temaer = {each["spec"]["topicName"]: each["spec"] for navn, each in alt().items() if navn.startswith("KafkaTopic ")}
    wanted = topics_wanted(Settings())
    assert temaer.keys() == wanted.keys()
    for navn, spec in temaer.items():
        assert (spec["partitions"], spec["replicas"]) == (wanted[navn].partitions, 3)
        assert spec["config"] == wanted[navn].config(3)
        assert spec["config"]["cleanup.policy"] == "delete"


def test_each_user_has_the_rights_of_the_catalogue_and_no_other() -> None:
    rights = {
        Right(each["metadata"]["name"], **_ressurs(acl), operation=operasjon)
        for navn, each in alt().items()
        if navn.startswith("KafkaUser ")
        for acl in each["spec"]["authorization"]["acls"]
        for operasjon in acl["operations"]
    }
    assert rights == {r for r in rights_wanted(Settings()) if not r.principal.startswith(name_of(PART))}


def _ressurs(acl: dict[str, Any]) -> dict[str, Any]:
    r = acl["resource"]
    return {"resource": r["type"], "name": r["name"], "pattern": r["patternType"]}


def test_a_partys_own_system_is_a_user_only_when_it_is_asked_for() -> None:
    assert not any(name_of(PART) in navn for navn in alt())
    assert sagt("--part", "act-kronstad").keys() - alt().keys() == {f"KafkaUser {name_of(PART, 'act-kronstad')}"}
    assert CliRunner().invoke(app, ["topics", "strimzi", "--part", "ingen"]).exit_code != 0


def test_the_names_are_such_as_kubernetes_takes() -> None:
    assert all(re.fullmatch(r"Kafka\w+ [a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?", navn) for navn in alt())


@pytest.mark.parametrize("navn", DEPLOYMENTS)
def test_each_deployment_is_a_user_that_there_is(navn: str) -> None:
    volum = {v["name"]: v for v in DEPLOYMENTS[navn]["template"]["spec"]["volumes"]}
    assert f"KafkaUser {volum['kafka']['secret']['secretName']}" in alt()
