"""The files that an installation is made with: whole, hardened, and true to what the program knows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from bindeledd.app.installation import all_services
from bindeledd.app.settings import Settings
from bindeledd.app.strimzi import API, LABELS
from services.felles.oppsett import les_oppsett
from tools.manifests import ORGANISATIONS, SERVICES, dashed, manifests

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
OURS = {name: said for name, said in COMPOSE["services"].items() if said["image"].startswith("${BINDELEDD_IMAGE")}
UNITS = {path.name: path.read_text("utf-8") for path in (DEPLOY / "systemd").glob("*.service")}
PAGES = ("web-", "watch")
KUBERNETES = "1.34"
OF_OTHERS = ("kafka.strimzi.io/", "kustomize.config.k8s.io/")


def kubernetes() -> Iterator[dict[str, Any]]:
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml")):
        yield from yaml.safe_load_all(path.read_text("utf-8"))


OBJECTS = {f"{each['kind']}/{each.get('metadata', {}).get('name', '')}": each for each in kubernetes()}
DEPLOYMENTS = {each["metadata"]["name"]: each["spec"] for each in OBJECTS.values() if each["kind"] == "Deployment"}


def test_there_is_a_process_for_every_service_everywhere() -> None:
    known = {service.name for service in all_services(Settings().config())} - {"web"}
    assert known == set(SERVICES)
    organisations = les_oppsett(DEPLOY / "bergen.toml").organisasjoner
    assert set(ORGANISATIONS) <= set(organisations)
    wanted = (
        {dashed(service) for service in SERVICES}
        | {f"relay-{dashed(service)}" for service in SERVICES}
        | {f"web-{organisation}" for organisation in ORGANISATIONS}
        | {"watch"}
    )
    once = {"topics", "schemas", *(f"keys-{organisation}" for organisation in ORGANISATIONS)}
    assert OURS.keys() == wanted | once
    assert DEPLOYMENTS.keys() == wanted
    assert UNITS.keys() == {f"bindeledd-{kind}.service" for kind in ("worker@", "relay@", "web@", "watch")}


def test_every_setting_that_is_set_is_one_that_there_is() -> None:
    files = [DEPLOY / "compose.yaml", DEPLOY / "Dockerfile", *(DEPLOY / "systemd").iterdir()]
    files += [path for path in (DEPLOY / "kubernetes").iterdir() if path.suffix in (".yaml", ".env")]
    own = {"BINDELEDD_IMAGE", "BINDELEDD_SECRETS"}
    for path in files:
        named = set(re.findall(r"BINDELEDD_[A-Z_]+", path.read_text("utf-8"))) - own
        assert {name.removeprefix("BINDELEDD_").lower() for name in named} <= Settings.model_fields.keys(), path.name


def test_an_address_is_given_for_each_service_that_is_asked() -> None:
    said = [COMPOSE[each]["BINDELEDD_TJENESTER"] for each in ("x-here",)]
    said.append(COMPOSE["x-worker"]["environment"]["BINDELEDD_TJENESTER"])
    said += re.findall(r"BINDELEDD_TJENESTER='?(\{.*\})", (DEPLOY / "systemd" / "settings").read_text("utf-8"))
    said += re.findall(r"BINDELEDD_TJENESTER='?(\{.*\})", (DEPLOY / "kubernetes" / "settings.env").read_text("utf-8"))
    assert len(said) == 4
    for each in said:
        assert json.loads(each).keys() == set(SERVICES)


@pytest.mark.parametrize("name", OURS)
def test_a_container_of_ours_writes_nowhere_else_and_may_do_nothing_else(name: str) -> None:
    said = OURS[name]
    assert said["read_only"] is True
    assert said["cap_drop"] == ["ALL"]
    assert said["security_opt"] == ["no-new-privileges:true"]
    assert not said.get("privileged")
    assert "user" not in said, "the image's own"


def test_pages_are_on_the_loopback_address_only_and_nothing_is_published_elsewhere() -> None:
    for name, said in COMPOSE["services"].items():
        assert all(port.startswith("127.0.0.1:") for port in said.get("ports", [])), name
        assert (said.get("network_mode") == "host") == name.startswith(PAGES), name
        if name.startswith(PAGES):
            assert "BINDELEDD_HOST" not in said["environment"], name
    for name, spec in DEPLOYMENTS.items():
        env = {each["name"] for each in spec["template"]["spec"]["containers"][0]["env"]}
        assert ("BINDELEDD_HOST" in env) == (not name.startswith("web-")), name


def test_the_master_secret_is_for_workers_and_for_who_makes_key_files() -> None:
    having = {
        name for name, said in OURS.items() if "master-secret" in said["secrets" if "secrets" in said else "image"]
    }
    assert having == {dashed(service) for service in SERVICES} | {f"keys-{each}" for each in ORGANISATIONS}
    mounted = {name for name, spec in DEPLOYMENTS.items() if "bindeledd-master-secret" in json.dumps(spec)}
    assert mounted == {dashed(service) for service in SERVICES}
    assert [name for name, unit in UNITS.items() if "master-secret" in unit] == ["bindeledd-worker@.service"]


def test_images_of_others_are_pinned_named_by_a_variable_and_bear_no_host() -> None:
    images = {said["image"] for said in COMPOSE["services"].values()}
    for image in images:
        found = re.fullmatch(r"\$\{[A-Z]+_IMAGE:-([a-z/-]+):([\w.]+)\}", image)
        assert found, image
        assert "." not in found[1]
        assert found[2] != "latest"


def test_the_manifests_are_what_the_tool_writes() -> None:
    for name, said in manifests().items():
        assert (DEPLOY / "kubernetes" / name).read_text("utf-8") == said, f"run tools/manifests.py: {name}"


@pytest.mark.parametrize("name", [name for name in OBJECTS if not OBJECTS[name]["apiVersion"].startswith(OF_OTHERS)])
def test_a_manifest_is_one_that_kubernetes_takes_and_holds_no_field_that_it_would_drop(name: str) -> None:
    kubernetes_validate.validate(OBJECTS[name], KUBERNETES, strict=True)


def test_the_cluster_for_strimzi_is_the_one_that_topics_users_and_processes_lean_on() -> None:
    """Its own schema is in no package registry; what the others need of it is held here."""
    pool, kafka = OBJECTS["KafkaNodePool/broker"], OBJECTS["Kafka/bindeledd"]
    assert pool["apiVersion"] == kafka["apiVersion"] == API
    cluster = LABELS["strimzi.io/cluster"]
    assert (pool["metadata"]["labels"]["strimzi.io/cluster"], kafka["metadata"]["name"]) == (cluster, cluster)
    assert pool["spec"]["replicas"] == 3
    assert sorted(pool["spec"]["roles"]) == ["broker", "controller"]
    said = kafka["spec"]["kafka"]
    (listener,) = said["listeners"]
    assert (listener["tls"], listener["authentication"], said["authorization"]) == (
        True, {"type": "tls"}, {"type": "simple"},
    )  # fmt: skip
    brokers = f"{cluster}-kafka-bootstrap:{listener['port']}"
    assert f"BINDELEDD_KAFKA={brokers}\n" in (DEPLOY / "kubernetes" / "settings.env").read_text("utf-8")
    assert said["config"]["auto.create.topics.enable"] is False
    assert (said["config"]["min.insync.replicas"], said["config"]["unclean.leader.election.enable"]) == (2, False)
    assert kafka["spec"]["entityOperator"].keys() == {"topicOperator", "userOperator"}


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_pod_may_do_nothing_but_its_work(name: str) -> None:
    pod = DEPLOYMENTS[name]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    assert {volume["name"] for volume in pod["volumes"]} == {mount["name"] for mount in container["volumeMounts"]}
    one = name.startswith(("relay-", "web-", "watch"))
    assert (DEPLOYMENTS[name]["replicas"], DEPLOYMENTS[name]["strategy"]["type"]) == (
        (1, "Recreate") if one else (2, "RollingUpdate")
    )


def test_every_secret_that_a_pod_reads_is_told_of() -> None:
    told = (DEPLOY / "kubernetes" / "README.md").read_text("utf-8")
    for spec in DEPLOYMENTS.values():
        for volume in spec["template"]["spec"]["volumes"]:
            name = volume.get("secret", {}).get("secretName", "bindeledd-database")
            assert name.startswith(("bindeledd.", "bindeledd-keys-")) or f"`{name}`" in told, name


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_a_user_of_its_own_that_sees_little_of_the_machine(name: str) -> None:
    for line in (
        "DynamicUser=yes",
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "UMask=0077",
    ):
        assert f"\n{line}\n" in UNITS[name]
    assert "Environment=BINDELEDD_KAFKA_PASSWORD=" not in UNITS[name]
