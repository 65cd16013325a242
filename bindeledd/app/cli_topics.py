"""`bindeledd topics`: the topics of a Kafka cluster, as the catalogue and the municipality's file want them."""

from __future__ import annotations

import typer

from bindeledd.app.terminal import Json, emit, epilog, say, settings_of

topics = typer.Typer(help="The topics of the Kafka cluster.", no_args_is_help=True, rich_markup_mode=None)


@topics.callback()
def _topics() -> None:
    """Keeps `apply` a command of its own, though it is the only one."""


@topics.command(epilog=epilog("bindeledd topics apply"))
def apply(as_json: Json = False) -> None:
    """Make the topics that are missing, and mend what differs. One line per change. BINDELEDD_KAFKA names the brokers.

    What would lose records is refused, and then nothing is changed: fewer partitions, shorter retention, a topic that
    somebody had compacted.
    """
    from bindeledd.app.process import topics_wanted
    from bindeledd.runtime import topics as of_cluster

    settings = settings_of(None)
    with settings.cluster("topics").admin() as admin:
        changes = of_cluster.apply(admin, topics_wanted(settings).values(), settings.kafka_replication)
    for change in changes:
        emit(change.as_json(), as_json=as_json, line=change.line())
    if not changes:
        say("topics: all as they should be")
