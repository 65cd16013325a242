"""Which tests of rungs 2 and 3 `make test` runs: a cut with one of each kind. `make test-ladder` runs the rest.

Rung 1 is tested in full each time. A test on PostgreSQL or on a real broker is marked `ladder`, by this module alone,
unless a line of `CUT` begins its name: so a new one is in the ladder's run until a line here says otherwise.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

BROKER = "tests/broker/"
CUT = (
    # PostgreSQL: the store, an installation, a process, many at once, a story, a kill, a restore
    "tests/contract/test_intake.py",
    "tests/contract/test_log.py",
    "tests/contract/test_migrations.py",
    "tests/contract/test_postgres.py",
    "tests/contract/test_writer.py",
    "tests/e2e/test_walkthrough.py",
    "tests/e2e/test_serve.py::test_a_message_is_taken_in_over_http_and_answered_with_the_same_receipt_after_a_restart",
    "tests/sim/test_two_at_once.py::test_the_same_message_sent_by_many_at_once_has_one_effect_and_one_receipt",
    "tests/stories/test_a_rett_ut_igjen.py",
    "tests/crash/test_kill.py::test_killed_at_a_chosen_place_what_was_begun_is_whole_or_not_at_all[postgres-etter tj",
    "tests/unit/app/",
    # Kafka: topics, relay, worker, a restored log, the registry, the whole way, the watch, kills
    "tests/broker/test_topics.py",
    "tests/broker/test_relay.py",
    "tests/broker/test_worker.py",
    "tests/broker/test_gjenopprettet.py::test_what_is_forked_is_parked_and_told_and_all_else_that_is_written_arrives",
    "tests/broker/test_registry.py::test_an_older_reader_keeps_a_type_that_it_does_not_know_and_reads_it_after_its_upgrade",
    "tests/broker/test_trinn_3.py::test_a_message_goes_from_the_intake_over_kafka_to_every_service_and_onto_the_board",
    "tests/broker/test_watch.py",
    "tests/broker/test_drap.py::test_a_relay_may_be_killed_at_any_moment[sqlite",
)
LONG = (
    "tests/browser/test_avviket_gjennom_sidene.py",
    "tests/browser/test_axe_overalt.py",
    "tests/browser/test_barnesiden.py::test_each_form_about_a_child_is_accessible_",
    "tests/browser/test_ett_ark.py",
    "tests/browser/test_forumsiden.py::test_every_page_of_a_forum_is_accessible_",
    "tests/browser/test_gruppe_og_plan.py::test_every_page_about_group_and_plan_is_accessible_",
    "tests/browser/test_samtykker.py::test_the_pages_about_consent_are_accessible_",
    "tests/browser/test_veiledning.py",
    "tests/e2e/test_serve.py::test_a_second_process_on_the_same_database_",
    "tests/unit/app/test_byen.py::test_as_many_",
    "tests/unit/app/test_byen.py::test_at_least_as_many_",
    "tests/unit/app/test_byen.py::test_more_than_half_of_those_who_answer_decline_an_individual_plan_from_another_seed",
    "tests/unit/app/test_simulering.py::test_the_same_seed_gives_the_same_logs_in_a_database",
    "tests/unit/felles/test_grunnlag_mot_tabellen.py::test_the_whole_product",
    "tests/unit/test_kubeconform.py",
)
"""On rung 1, and left to the ladder's run all the same: what takes long and is told by something shorter, too
(tutorials, towns of another size or seed, axe on every kind of page, a plan of every shape on paper, an avvik through
all its pages, all states instead of a share), and a program that Go makes first."""
ON_KAFKA = re.compile(r"\[(.+-)?kafka(-.+)?\]$")
"""The name of a test that runs on each rung, where that is the third (`tests.trinn.TRINN`)."""
SECONDS_ON_KAFKA = 400
"""A room of so many processes takes long to begin where others work too."""
DEAREST_FIRST = (BROKER, "tests/crash/", "tests/e2e/", "tests/browser/", "tests/stories/")
"""So that no process is left with a long file when the others are done."""

ALWAYS_POSTGRES = (
    "tests/contract/test_copy.py",
    "tests/contract/test_postgres.py",
    "tests/contract/test_postgres_tls.py",
    "tests/crash/test_tjener.py",
)
"""Files that know no other store."""
FEW_ROUNDS = 3
EXAMPLES_A_ROUND = 2
SECONDS_A_ROUND = 30


class OneBroker(LoadFileScheduling):  # type: ignore[misc]
    """Gives a file of tests to one process, and all files that share a broker to the same one.

    They wait much and compute little, and the other process has the processors meanwhile.
    """

    def _split_scope(self, nodeid: str) -> str:
        return BROKER if on_rung_3(nodeid) else str(super()._split_scope(nodeid))


def rounds() -> int:
    """How many times a loop of kills goes round: few by default, 20 in `make test-ladder`, 100 in `make soak`.

    The Makefile says it, in `BINDELEDD_ROUNDS`.
    """
    return int(os.environ.get("BINDELEDD_ROUNDS", FEW_ROUNDS))


def in_rooms(test: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a test whose every random example is a room of its own (`tests.rom`), each a third of a second: few by
    default, and more in the runs that go round more often."""
    marked: Callable[..., Any] = pytest.mark.rounds(settings(max_examples=EXAMPLES_A_ROUND * rounds())(test))
    return marked


def cost(item: pytest.Item) -> int:
    """What to sort by, the dearest first."""
    return next((n for n, folder in enumerate(DEAREST_FIRST) if item.nodeid.startswith(folder)), len(DEAREST_FIRST))


def mark(items: Iterable[pytest.Item]) -> None:
    """Mark what is for the ladder's run, and what goes in rounds, which has time for each of them."""
    for item in items:
        if (rung(item) > 1 and not in_cut(item.nodeid)) or item.nodeid.startswith(LONG):
            item.add_marker("ladder")
        if ON_KAFKA.search(item.nodeid):
            item.add_marker(pytest.mark.timeout(SECONDS_ON_KAFKA))
        if "rounds" in getattr(item, "fixturenames", ()):
            item.add_marker("rounds")
        if item.get_closest_marker("rounds") is not None:
            item.add_marker(pytest.mark.timeout(300 + SECONDS_A_ROUND * rounds()), append=False)


def rung(item: pytest.Item) -> int:
    """The rung that a test is on: 1 files, 2 PostgreSQL, 3 Kafka between the services."""
    if on_rung_3(item.nodeid):
        return 3
    call = getattr(item, "callspec", None)
    on_postgres = call is not None and "postgres" in call.params.values()
    return 2 if on_postgres or item.nodeid.startswith(ALWAYS_POSTGRES) else 1


def on_rung_3(nodeid: str) -> bool:
    return nodeid.startswith(BROKER) or ON_KAFKA.search(nodeid) is not None


def in_cut(nodeid: str) -> bool:
    """Whether `make test` runs it. What runs on each rung, it runs on two."""
    return not ON_KAFKA.search(nodeid) and nodeid.startswith(CUT)
