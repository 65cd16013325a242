"""Writes what is alike in deploy/kubernetes: a Deployment for each process, and what goes with it.

`tools/manifests.py` writes workers.yaml, relays.yaml, watch.yaml and webs.yaml anew; a test holds that they are what it
would write. A site changes nothing in them: it lays its own kustomization over the folder.
"""

from __future__ import annotations

import sys
from pathlib import Path
from string import Template

FOLDER = Path(__file__).resolve().parent.parent / "deploy" / "kubernetes"
SERVICES = ("samhandling", "ansvarsgruppe", "kriseplan", "barn_paaroerende")
ORGANISATIONS = ("bergen-kommune", "helse-bergen")
HEAD = "# Written by tools/manifests.py: change that, or lay a kustomization over it.\n"

DEPLOYMENT = Template("""---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: $name
  labels: {app.kubernetes.io/name: $name, app.kubernetes.io/component: $kind, app.kubernetes.io/part-of: bindeledd}
spec:
  replicas: $replicas
  strategy: $strategy
  selector:
    matchLabels: {app.kubernetes.io/name: $name}
  template:
    metadata:
      labels: {app.kubernetes.io/name: $name, app.kubernetes.io/component: $kind, app.kubernetes.io/part-of: bindeledd}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: 30
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
        runAsGroup: 10001
        fsGroup: 10001
        seccompProfile: {type: RuntimeDefault}$spread
      containers:
        - name: bindeledd
          image: bindeledd
          args: [$args]
          ports:
            - {name: http, containerPort: 8000}
          envFrom:
            - configMapRef: {name: bindeledd}
          env:
$env
          resources:
            requests: {cpu: 100m, memory: 160Mi}
            limits: {memory: 512Mi}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
$probes
          volumeMounts:
            - {name: data, mountPath: /var/lib/bindeledd}
            - {name: tmp, mountPath: /tmp}
$mounts
      volumes:
        # Locks only: everything that is kept is in PostgreSQL.
        - {name: data, emptyDir: {medium: Memory, sizeLimit: 16Mi}}
        - {name: tmp, emptyDir: {sizeLimit: 64Mi}}
$volumes
""")
SERVICE = Template("""---
apiVersion: v1
kind: Service
metadata:
  name: $name
  labels: {app.kubernetes.io/name: $name, app.kubernetes.io/part-of: bindeledd}
spec:
  selector: {app.kubernetes.io/name: $name}
  ports:
    - {name: http, port: 8000, targetPort: http}
""")
BUDGET = Template("""---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: $name
  labels: {app.kubernetes.io/part-of: bindeledd}
spec:
  minAvailable: 1
  selector:
    matchLabels: {app.kubernetes.io/name: $name}
""")
SPREAD = Template("""
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels: {app.kubernetes.io/name: $name}""")
OVER_THE_NETWORK = """\
          startupProbe: {httpGet: {path: /helse/live, port: http}, periodSeconds: 2, failureThreshold: 60}
          livenessProbe: {httpGet: {path: /helse/live, port: http}, periodSeconds: 10, timeoutSeconds: 5}
          readinessProbe: {httpGet: {path: /helse/klar, port: http}, periodSeconds: 5, timeoutSeconds: 5}"""
ASK = "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/helse/%s', timeout=5)"
LOOK = f'command: [python3, -I, -S, -c, "{ASK}"]'
FROM_INSIDE = f"""\
          # Pages listen on the loopback address only, which the pod itself reaches.
          startupProbe: {{exec: {{{LOOK % "live"}}}, periodSeconds: 3, timeoutSeconds: 8, failureThreshold: 60}}
          livenessProbe: {{exec: {{{LOOK % "live"}}}, periodSeconds: 30, timeoutSeconds: 8}}
          readinessProbe: {{exec: {{{LOOK % "klar"}}}, periodSeconds: 15, timeoutSeconds: 8}}"""
ONE_AT_A_TIME, ROLLING = "{type: Recreate}", "{type: RollingUpdate, rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}"


def deployment(
    kind: str, name: str, args: list[str], user: str, *, replicas: int = 1,
    secrets: tuple[tuple[str, str, str], ...] = (), pages: bool = False, database: bool = True,
) -> str:  # fmt: skip
    """One process. `secrets`: the setting that names a file, the Secret, and the key in it."""
    env = {"BINDELEDD_KAFKA_CA_FILE": "/etc/bindeledd/kafka-ca/ca.crt"}
    env |= {
        f"BINDELEDD_KAFKA_{part.upper()}_FILE": f"/etc/bindeledd/kafka/user.{end}"
        for part, end in (("cert", "crt"), ("key", "key"))
    }
    files = {"kafka-ca": "bindeledd-cluster-ca-cert", "kafka": user}
    if database:
        secrets = (("DATABASE_PASSWORD_FILE", "bindeledd-database", "password"), *secrets)
    for setting, secret, key in secrets:
        env[f"BINDELEDD_{setting}"] = f"/etc/bindeledd/{secret}/{key}"
        files[secret] = secret
    if not pages:
        env["BINDELEDD_HOST"] = "0.0.0.0"  # noqa: S104 - the NetworkPolicy says who reaches it
    several = replicas > 1
    return DEPLOYMENT.substitute(
        name=name, kind=kind, args=", ".join(args), replicas=replicas, strategy=ROLLING if several else ONE_AT_A_TIME,
        spread=SPREAD.substitute(name=name) if several else "", probes=FROM_INSIDE if pages else OVER_THE_NETWORK,
        env="\n".join(f"            - {{name: {key}, value: {value}}}" for key, value in env.items()),
        mounts="\n".join(
            f"            - {{name: {each}, mountPath: /etc/bindeledd/{each}, readOnly: true}}" for each in files
        ),
        volumes="\n".join(
            f"        - {{name: {each}, secret: {{secretName: {secret}, defaultMode: 0o440}}}}".replace("0o", "0")
            for each, secret in files.items()
        ),
    )  # fmt: skip


def workers() -> str:
    """The services: two of each, which share the work and stand in for one another."""
    said = ""
    for service in SERVICES:
        name, user = dashed(service), f"bindeledd.worker.{dashed(service)}"
        master = (("KEK_FILE", "bindeledd-master-secret", "master-secret"),)
        said += deployment("worker", name, ["worker", service], user, replicas=2, secrets=master)
        said += SERVICE.substitute(name=name) + BUDGET.substitute(name=name)
    return said


def relays() -> str:
    """One of each: the next begins when the last has let go. It sends where it left off, so it may be away a while."""
    return "".join(
        deployment("relay", f"relay-{dashed(s)}", ["relay", s], f"bindeledd.relay.{dashed(s)}") for s in SERVICES
    )


def watch() -> str:
    """Its page is for the pod's own loopback address; the rest of it may be read over the network."""
    return deployment("watch", "watch", ["watch"], "bindeledd.watch", database=False)


def webs() -> str:
    """One for each organisation, with the keys of its own parties: another organisation adds a name above."""
    return "".join(
        deployment(
            "web", f"web-{o}", ["web", o, "--demo"], f"bindeledd.web.{o}", pages=True,
            secrets=(("KEYS_FILE", f"bindeledd-keys-{o}", "given.keys"),),
        )
        for o in ORGANISATIONS
    )  # fmt: skip


def dashed(service: str) -> str:
    """A service's name as Kubernetes takes it."""
    return service.replace("_", "-")


def manifests() -> dict[str, str]:
    """File → what it says."""
    parts = {"workers": workers(), "relays": relays(), "watch": watch(), "webs": webs()}
    return {f"{name}.yaml": HEAD + said for name, said in parts.items()}


def main() -> int:
    for name, said in manifests().items():
        (FOLDER / name).write_text(said, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
