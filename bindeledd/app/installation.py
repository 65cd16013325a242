"""Understands how the parts become one running Bindeledd on one data folder, and how they are closed again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bindeledd.app.folder import KEYRING, MASTER, claim
from bindeledd.app.settings import Config, Settings
from bindeledd.app.stores import Files, Stores, found_in, looking_at, looking_at_keyring, stores_of
from bindeledd.core.clock import Clock, Entropy, system_clock, system_entropy
from bindeledd.core.errors import InvalidMessage, TransientError
from bindeledd.ops.drift import with_drift
from bindeledd.ops.rebuild import Rebuilt, rebuild, refold_changed
from bindeledd.ops.utsnitt import refresh_all
from bindeledd.ops.verify import absent, changed
from bindeledd.resources import data_folder
from bindeledd.runtime.embedded import Embedded
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.ledger import Surroundings
from bindeledd.runtime.service import Service
from bindeledd.schema.catalog import Catalog, load_catalog
from bindeledd.schema.codec import Codec
from bindeledd.seal.held import Given, Master, read_given
from bindeledd.seal.keyring import Keyring, LentKeyring
from bindeledd.seal.keys import master_secret
from bindeledd.store.db import Db
from services.ansvarsgruppe import tjeneste as ansvarsgruppe
from services.barn_pårørende import tjeneste as barn_pårørende
from services.felles.parter import parter_i
from services.kriseplan import tjeneste as kriseplan
from services.samhandling import tjeneste as samhandling
from web import tjeneste as web

LOOK_AGAIN_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Installation:
    """Everything of one installation, open. `embedded` is not started: `pump` it, or `start` it."""

    folder: Path
    stores: Stores
    config: Config
    around: Surroundings
    engines: Mapping[str, Engine]
    embedded: Embedded


@contextmanager
def open_installation(
    folder: Path, config: Config, services: Iterable[Service], *, stores: Stores | None = None,
    kek_file: Path | None = None, clock: Clock = system_clock, entropy: Entropy = system_entropy,
) -> Iterator[Installation]:  # fmt: skip
    """An installation on `folder`, and its `stores` (None: files in it), for as long as the context lasts.

    Raises Occupied when another process has it.
    """
    stores = stores or Files(folder)
    with ExitStack() as stack:
        stack.enter_context(closing(claim(folder)))
        keyring = stack.enter_context(closing(_keyring(stores, kek_file, entropy, beside=False)))
        around = Surroundings(codec(), keyring, clock, entropy, config.oppsett.kommunenummer)
        engines = {}
        for service in services:
            db = stack.enter_context(closing(stores.own(service.name)))
            engines[service.name] = engine = _open_engine(db, stores, service, around)
            stack.callback(engine.close)
        embedded = Embedded(list(engines.values()))
        stack.callback(embedded.stop)
        yield Installation(folder, stores, config, around, engines, embedded)


@contextmanager
def open_service(settings: Settings, name: str) -> Iterator[tuple[Config, Engine]]:
    """One service of the installation that the settings describe, beside processes with the others; in a database also
    beside others with the same.

    Raises Occupied when another process has it; InvalidMessage for an unknown service.
    """
    config, stores = settings.config(), stores_of(settings)
    alone = {each.name: each for each in all_services(config) if each.name != web.NAVN}
    service = alone.get(name)
    if service is None:
        known = ", ".join(alone)
        raise InvalidMessage(f"there is no service {name}", fix=f"Use one of: {known}")
    with ExitStack() as stack:
        stack.enter_context(stores.claim_part(name))
        with stores.opening():
            keyring = stack.enter_context(closing(_keyring(stores, settings.kek_file, system_entropy, beside=True)))
            around = Surroundings(codec(), keyring, system_clock, system_entropy, config.oppsett.kommunenummer)
            db = stack.enter_context(closing(stores.join(name)))
            engine = _open_engine(db, stores, service, around)
            stack.callback(engine.close)
        yield config, engine


@contextmanager
def open_web(settings: Settings, organisation: str, stopping: Callable[[], bool]) -> Iterator[tuple[Config, Engine]]:
    """The web of one organisation, with the keys that it was given and no others. Waits until there is a keyring.

    Raises Occupied; OppsettFeil for an unknown organisation; InvalidMessage when it was not given what it needs;
    TransientError when it is to stop before there is a keyring.
    """
    config, stores = settings.config(), stores_of(settings)
    service, given = web.tjeneste_for(config.oppsett, organisation), given_to(settings, config, organisation)
    with ExitStack() as stack:
        stack.enter_context(stores.claim_part(service.name))
        keyring = stack.enter_context(closing(_lent(stores, given, stopping)))
        around = Surroundings(codec(), keyring, system_clock, system_entropy, config.oppsett.kommunenummer)
        with stores.opening():
            db = stack.enter_context(closing(stores.join(service.name)))
            engine = _open_engine(db, stores, service, around)
        stack.callback(engine.close)
        yield config, engine


def given_to(settings: Settings, config: Config, organisation: str) -> Given:
    """What the organisation was given, for all of its parties. Raises InvalidMessage; OppsettFeil."""
    if settings.keys_file is None:
        fix = "Name the file that `bindeledd keys give` wrote"
        raise InvalidMessage("no key file is named", "BINDELEDD_KEYS_FILE", fix)
    given, again = read_given(settings.keys_file), "Make it anew with `bindeledd keys give`"
    if given.organisation != organisation:
        raise InvalidMessage(f"these are the keys of {given.organisation}", str(settings.keys_file), again)
    if missing := sorted(set(parter_i(config.oppsett, organisation)) - given.keks.keys()):
        raise InvalidMessage(f"the key of the party {missing[0]} is missing", str(settings.keys_file), again)
    return given


def give(settings: Settings, organisation: str) -> Given:
    """What an organisation's web is to be given. Raises InvalidMessage without the master secret; OppsettFeil."""
    path = settings.kek_file or settings.data / MASTER
    if not path.exists():
        fix = "Run this where the services run, with their BINDELEDD_DATA or BINDELEDD_KEK_FILE"
        raise InvalidMessage("there is no master secret here", str(path), fix)
    parties = parter_i(settings.config().oppsett, organisation)
    return Master(master_secret(path, system_entropy)).given(organisation, parties)


def _lent(stores: Stores, given: Given, stopping: Callable[[], bool]) -> LentKeyring:
    while True:
        try:
            return _lent_now(stores, given)
        except TransientError:
            if stopping():
                raise
        time.sleep(LOOK_AGAIN_SECONDS)


def _lent_now(stores: Stores, given: Given) -> LentKeyring:
    if not stores.has_keyring():
        raise TransientError("the keyring is not made yet. Start a service first")
    db = stores.look(Path(KEYRING).stem)
    try:
        return LentKeyring(db, given, system_entropy)
    except BaseException:
        db.close()
        raise


@contextmanager
def open_log(settings: Settings, name: str, stopping: Callable[[], bool]) -> Iterator[Db]:
    """The store of one service, for a process that sends what its log holds. Waits until its worker has made it.

    Raises Occupied; TransientError when it is to stop before that.
    """
    stores = stores_of(settings)
    with stores.claim_part(f"relay.{name}"):
        while not _is_made(stores, name):
            if stopping():
                raise TransientError(f"the store of {name} is not there yet. Start its worker")
            time.sleep(LOOK_AGAIN_SECONDS)
        with closing(stores.sending(name)) as db:
            yield db


def _is_made(stores: Stores, name: str) -> bool:
    with stores.opening():
        return name in stores.services()


def _keyring(stores: Stores, kek_file: Path | None, entropy: Entropy, *, beside: bool) -> Keyring:
    """The keyring of stores that are whole, for this process or `beside` others. Raises InvalidMessage when they are
    not."""
    secret = kek_file or stores.folder / MASTER
    _refuse_half(stores, secret)
    master = master_secret(secret, entropy)  # durable before there is a keyring that needs it
    db = stores.keyring(beside=beside)
    try:
        return Keyring(db, Master(master), entropy)
    except BaseException:
        db.close()
        raise


def _refuse_half(stores: Stores, secret: Path) -> None:
    """What is missing is not made anew where there is data already.

    A new secret opens no old key, a new keyring knows none, and a new store knows nothing of what its service has done:
    what it had withdrawn or taken in would come to be again.

    Raises InvalidMessage, which says what to restore.
    """
    keyring = stores.has_keyring()
    if keyring and not secret.exists():
        raise InvalidMessage("the master secret is missing", secret.name, "Restore it from the backup")
    if stores.services() and not keyring:
        raise InvalidMessage("the keyring is missing", KEYRING, "Restore it from the backup")
    with ExitStack() as stack:
        looked_at = {service: stack.enter_context(closing(stores.look(service))) for service in stores.services()}
        remembered = absent(looked_at, stack.enter_context(looking_at_keyring(stores)))
    for service, why in remembered.items():
        raise InvalidMessage(f"the store of {service} is missing, but {why}", service, "Restore it from the backup")


def _open_engine(db: Db, stores: Stores, service: Service, around: Surroundings) -> Engine:
    service = with_drift(service)
    refold_changed(db, service, around.codec)
    return Engine(service, db, stores.open(service.name), around)


@cache
def codec() -> Codec:
    """The codec on the contract that came with this release, read once."""
    return Codec(catalog())


@cache
def catalog() -> Catalog:
    """The contract that came with this release, read once."""
    return load_catalog(data_folder("schemas"))


@contextmanager
def open_all(settings: Settings) -> Iterator[Installation]:
    """The installation that the settings describe, with every service. Raises Occupied."""
    config, stores = settings.config(), stores_of(settings)
    services = [*all_services(config), *own_webs(config, stores)]
    with open_installation(settings.data, config, services, stores=stores, kek_file=settings.kek_file) as installation:
        yield installation


@contextmanager
def open_keyring(settings: Settings) -> Iterator[Keyring]:
    """The keyring alone, when nobody else works here. Raises Occupied; InvalidMessage when there is none."""
    stores = stores_of(settings)
    if not stores.has_keyring():
        raise InvalidMessage("there is no keyring here", str(settings.data), "Name the data folder with --data")
    with (
        closing(claim(settings.data)),
        closing(_keyring(stores, settings.kek_file, system_entropy, beside=False)) as keyring,
    ):
        yield keyring


def rewrap(settings: Settings, file: Path) -> int:
    """Wrap every key anew under the master secret in a file. Returns how many. Raises Occupied; InvalidMessage."""
    if not file.exists():
        fix = "Make it first, 32 random bytes: docs/runbooks/key-lost.md"
        raise InvalidMessage("there is no new master secret here", str(file), fix)
    with open_keyring(settings) as keyring:
        return keyring.rewrap(Master(master_secret(file, system_entropy)))


def rebuild_all(settings: Settings, only: str | None, step: Callable[[int], None]) -> Iterator[Rebuilt]:
    """Fold the tables of every service, or of one, again; a log that was changed is told, and left as it is.

    Raises Occupied; InvalidMessage for an unknown service.
    """
    stores = stores_of(settings)
    found = found_in(stores)
    if only is not None and only not in found:
        raise InvalidMessage(f"there is no service {only} in this data folder", fix=f"Use one of: {', '.join(found)}")
    with closing(claim(settings.data)), looking_at(stores) as looked_at:
        config = settings.config()
        for service in (*all_services(config), *own_webs(config, stores)):
            if service.name not in found or only not in (None, service.name):
                continue
            bad = changed(service.name, looked_at, codec())
            if bad is not None:
                yield Rebuilt(service.name, 0, 0, {}, {}, bad)
                continue
            with closing(stores.own(service.name)) as db:
                yield rebuild(db, with_drift(service), codec(), step)


def refresh_views(installation: Installation) -> int:
    """Append the views that this release makes differently. Returns how many aggregates were looked at."""
    looked_at = 0
    for engine in installation.engines.values():
        looked_at += refresh_all(engine)
    installation.embedded.pump()
    return looked_at


def own_webs(config: Config, stores: Stores) -> list[Service]:
    """The webs of single organisations that have a store here."""
    prefix, known = f"{web.NAVN}.", {part.organisasjon for part in config.oppsett.parter.values()}
    found = [name.removeprefix(prefix) for name in stores.services() if name.startswith(prefix)]
    return [web.tjeneste_for(config.oppsett, organisation) for organisation in found if organisation in known]


def all_services(config: Config) -> list[Service]:
    """Every service of an installation that is one process; `web` serves all parties."""
    oppsett, tabell = config.oppsett, config.tabell
    return [
        samhandling.tjeneste(oppsett, tabell),
        ansvarsgruppe.tjeneste(oppsett, tabell),
        kriseplan.tjeneste(oppsett, tabell),
        barn_pårørende.tjeneste(oppsett, tabell),
        web.tjeneste(oppsett, tuple(oppsett.parter)),
    ]
