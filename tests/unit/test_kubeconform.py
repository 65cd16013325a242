"""The manifests before kubeconform, with Kubernetes' own schemas. Strimzi's are in no package registry."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from tests.unit.test_deploy import DEPLOY, KUBERNETES, OBJECTS, OF_OTHERS

KUBECONFORM = "github.com/yannh/kubeconform/cmd/kubeconform@v0.6.3"
GO_MISSING = "Go is missing: install it (Debian, Ubuntu: apt-get install golang-go)"
OURS = [each for each in OBJECTS.values() if not each["apiVersion"].startswith(OF_OTHERS)]
THEIRS = sorted({each["kind"] for each in OBJECTS.values()} - {each["kind"] for each in OURS})
DEFINITIONS = "_definitions.json"

Judge = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def kubeconform(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Runs kubeconform on files; gives its exit code, and what it says of each."""
    if shutil.which("go") is None:
        pytest.skip(GO_MISSING)
    folder = tmp_path_factory.mktemp("kubeconform")
    subprocess.run(["go", "install", KUBECONFORM], env={**os.environ, "GOBIN": str(folder)}, check=True)
    for each in OURS:
        _write_schema(folder, _file_of(each))
    _write_schema(folder, DEFINITIONS)
    command = [
        str(folder / "kubeconform"), "-strict", "-verbose", "-skip", ",".join(THEIRS),
        "-schema-location", f"{folder}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json",
    ]  # fmt: skip

    def run(*files: Path) -> tuple[int, str]:
        done = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    return run


def _file_of(manifest: dict[str, Any]) -> str:
    group, _, version = manifest["apiVersion"].rpartition("/")
    return "-".join(filter(None, (manifest["kind"].lower(), group.partition(".")[0], version))) + ".json"


def _write_schema(folder: Path, name: str) -> None:
    """A schema as a file that refers to the file beside it, where the package's own refer to an address."""
    there = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema" / f"v{KUBERNETES}.0-local-strict"
    schema = json.loads((there / name).read_text("utf-8").replace(f'"/api/{DEFINITIONS}', f'"{DEFINITIONS}'))
    (folder / name).write_text(json.dumps({key: said for key, said in schema.items() if key not in ("$id", "$schema")}))


def test_kubeconform_takes_every_manifest(kubeconform: Judge) -> None:
    code, said = kubeconform(*sorted((DEPLOY / "kubernetes").glob("*.yaml")))

    assert code == 0, said
    assert said.count(" is valid") == len(OURS)
    assert said.count(" skipped") == len(OBJECTS) - len(OURS)


@pytest.mark.parametrize(("before", "after"), [("replicas: 1", "replicas: one"), ("replicas:", "replica:")])
def test_kubeconform_refuses_what_kubernetes_would(
    before: str, after: str, kubeconform: Judge, tmp_path: Path
) -> None:  # fmt: skip
    spoilt = tmp_path / "watch.yaml"
    spoilt.write_text((DEPLOY / "kubernetes" / "watch.yaml").read_text("utf-8").replace(before, after))

    code, said = kubeconform(spoilt)

    assert code == 1
    assert "invalid" in said
