"""Every metric, its name and meaning, declared once. No label ever holds a person's data or a stream's ref."""

from __future__ import annotations

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

COMMANDS = Counter("bindeledd_commands", "Commands handled", ["service", "result"], registry=REGISTRY)
EVENTS = Counter("bindeledd_events", "Records appended to a service's log", ["service", "type"], registry=REGISTRY)
RECEIVED = Counter("bindeledd_received", "Records of other writers taken in", ["service", "verdict"], registry=REGISTRY)
RELAYED = Counter("bindeledd_relayed", "Records sent to Kafka, and acknowledged", ["service"], registry=REGISTRY)
GARBAGE = Counter("bindeledd_garbage", "What lay on a topic and is no record", ["service", "topic"], registry=REGISTRY)
UNKNOWN = Counter("bindeledd_unknown_types", "Records kept whose type is unknown yet", ["service"], registry=REGISTRY)
RETRIES = Counter("bindeledd_retries", "Transient failures tried again", ["service"], registry=REGISTRY)
CLOCKS_MISSED = Counter("bindeledd_clocks_missed", "Deadlines judged as passed", ["service"], registry=REGISTRY)
MESSAGES = Counter("bindeledd_messages", "Official messages taken in", ["type", "outcome"], registry=REGISTRY)
LOOKUPS = Counter("bindeledd_lookups", "Pages with a person's data, shown or refused", ["result"], registry=REGISTRY)
FILLED = Counter("bindeledd_filled", "Records fetched from their writer", ["service", "source"], registry=REGISTRY)
COMPARED = Gauge(
    "bindeledd_heads_compared_timestamp_seconds", "When all heads were compared last", ["service", "source"],
    registry=REGISTRY,
)  # fmt: skip
HEARD = Gauge(
    "bindeledd_heard_timestamp_seconds", "As of when everything of a writer is here", ["service", "source"],
    registry=REGISTRY,
)  # fmt: skip
LOST = Gauge(
    "bindeledd_streams_lost_by_writer", "Streams of which the writer has less than we", ["service", "source"],
    registry=REGISTRY,
)  # fmt: skip
LAG = Gauge("bindeledd_lag_seconds", "Age of the oldest unprocessed record", ["service", "source"], registry=REGISTRY)
LAG_RECORDS = Gauge("bindeledd_lag_records", "Records on Kafka not taken in", ["service"], registry=REGISTRY)
PARTITIONS = Gauge("bindeledd_partitions", "Kafka's partitions that this worker has", ["service"], registry=REGISTRY)
QUICK = Gauge("bindeledd_schemas_read_quickly", "Schemas that cavro reads here", ["service"], registry=REGISTRY)
SLOWLY = Gauge("bindeledd_records_read_slowly", "Read, though cavro refused them", ["service"], registry=REGISTRY)
PARKED = Gauge("bindeledd_parked_streams", "Streams in quarantine", ["service"], registry=REGISTRY)
POSITION = Gauge("bindeledd_log_position", "Last position of a service's log", ["service"], registry=REGISTRY)
WAL_BYTES = Gauge("bindeledd_wal_bytes", "Size of a store's write-ahead log", ["service"], registry=REGISTRY)
ALARMS = Gauge("bindeledd_alarms", "What should have happened and has not", ["kind", "service"], registry=REGISTRY)
RATE = Gauge("bindeledd_events_per_minute", "Written in the last whole minute", ["topic", "type"], registry=REGISTRY)
GROUP_LAG = Gauge("bindeledd_group_lag_records", "Records that a group has not taken in", ["group"], registry=REGISTRY)
STAYS = Gauge("bindeledd_open_stays", "Stays that last", ["dps"], registry=REGISTRY)
CLOCKS = Gauge("bindeledd_running_clocks", "Deadlines that nobody has judged", ["dps"], registry=REGISTRY)
WATCHED_UNTIL = Gauge(
    "bindeledd_watched_until_seconds", "The moment up to which the topics are read", registry=REGISTRY
)
HANDLE_SECONDS = Histogram(
    "bindeledd_commit_seconds", "Time of one writing transaction, with its commit", ["service"], registry=REGISTRY,
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1, 5),
)  # fmt: skip


def event(service: str, type_: str) -> None:
    """One record appended; a deadline that was judged as passed counts as such, too."""
    _of_type(service, type_).inc()
    if type_ == "FristOverskredet":
        CLOCKS_MISSED.labels(service).inc()


_of_type = cache(EVENTS.labels)
