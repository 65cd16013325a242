"""Understands one part of an installation as a process of its own, with Kafka between it and the others."""

from __future__ import annotations

from bindeledd.app.installation import catalog
from bindeledd.app.settings import Settings
from bindeledd.runtime.topics import Wanted, wanted_topics


def topics_wanted(settings: Settings) -> dict[str, Wanted]:
    """Every topic of the installation that the settings describe."""
    return wanted_topics(catalog(), settings.config().oppsett.parter, settings.kafka_partitions)
