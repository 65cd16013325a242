"""`bindeledd topics`: the topics of a Kafka cluster and who may use them, as the catalogue and the municipality's file
want them."""

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
    somebody had compacted. Then the same for who may read and write them, where the cluster asks (it has an
    authorizer): the processes of Bindeledd get the rights that are theirs and lose others; those of others are left.
    """
    from bindeledd.app.process import rights_wanted, topics_wanted
    from bindeledd.runtime import rights as of_processes
    from bindeledd.runtime import topics as of_cluster

    settings = settings_of(None)
    with settings.cluster("topics").admin() as admin:
        made = of_cluster.apply(admin, topics_wanted(settings).values(), settings.kafka_replication)
        for change in made:
            emit(change.as_json(), as_json=as_json, line=change.line())
        if not made:
            say("topics: all as they should be")
        given = of_processes.apply(admin, rights_wanted(settings))
    if given is None:
        say("rights: access is not limited, for the cluster has no authorizer")
        return
    for right in given:
        emit(right.as_json(), as_json=as_json, line=right.line())
    if not given:
        say("rights: all as they should be")
