"""`bindeledd topics`: the topics of a Kafka cluster and who may use them, as the catalogue and the municipality's file
want them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bindeledd.app.terminal import Json, emit, epilog, say, settings_of

topics = typer.Typer(help="The topics of the Kafka cluster.", no_args_is_help=True, rich_markup_mode=None)


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


@topics.command(epilog=epilog("bindeledd topics strimzi | kubectl apply --filename -"))
def strimzi(
    part: Annotated[
        list[str] | None, typer.Option(help="A party whose own system reads its topics. As many as there are.")
    ] = None,
) -> None:
    """The same for Strimzi, which runs Kafka on Kubernetes: its resources, topics and users, for `kubectl apply`."""
    from bindeledd.app.process import rights_wanted, topics_wanted
    from bindeledd.app.strimzi import document, resources

    settings, parties = settings_of(None), part or []
    if unknown := sorted(set(parties) - settings.config().oppsett.parter.keys()):
        raise typer.BadParameter(f"there is no party {unknown[0]} in the configuration", param_hint="--part")
    for each in resources(
        topics_wanted(settings).values(), rights_wanted(settings), settings.kafka_replication, parties
    ):
        sys.stdout.write(f"{document(each)}\n")
