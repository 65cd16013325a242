"""Every error a caller can do something about, one type for each thing that can be done.

No message here may hold a person's data: errors end up in logs, metrics and answers.
"""

from __future__ import annotations


class BindeleddError(Exception):
    """Base of all our own errors."""


class InvalidMessage(BindeleddError):
    """Something malformed came in, or was about to go out. Permanent: trying again cannot help."""

    def __init__(self, what: str, where: str = "", fix: str = "") -> None:
        self.what, self.where, self.fix = what, where, fix
        super().__init__(". ".join(part for part in (what, where and f"Where: {where}", fix) if part))


class TooLarge(InvalidMessage):
    """A record would be larger than the bus carries. Permanent, and nothing of what led to it took effect."""


class UnknownSchema(InvalidMessage):
    """The writer's schema is not known here (yet). The record is kept and refolded after an upgrade."""

    def __init__(self, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        super().__init__(f"unknown schema fingerprint {fingerprint}", fix="Upgrade, or fetch the writer's schema")


class SchemaRefused(BindeleddError):
    """The schema registry will not have a schema. Permanent: `why` is the registry's own reason."""

    def __init__(self, subject: str, why: str) -> None:
        self.subject, self.why = subject, why
        fix = "Write it as a new version that older programs can read (`bindeledd schemas check`), or as a new type"
        super().__init__(f"the schema registry refuses {subject}: {why}. {fix}")


class TooDeep(InvalidMessage):
    """A chain of causes is longer than the bus allows: reactions are feeding each other."""


class TransientError(BindeleddError):
    """The world is not ready (a lock, a disk, a network). The same message may succeed if tried again."""


class UnmetContent(TransientError):
    """Opened content is of a schema that is new here, and there is somebody to ask for it – outside the transaction."""

    def __init__(self, fingerprint: bytes) -> None:
        self.fingerprint = fingerprint
        super().__init__(f"content of the schema {fingerprint.hex()}, which is not known here yet")


class DiskRefuses(TransientError):
    """The disk cannot be written to. Nothing of what was asked took effect; it may be tried again when it is mended."""


class DiskFull(DiskRefuses):
    """There is no room on the disk."""


class RuleBroken(BindeleddError):
    """A command that the rules refuse. `rule` names the rule, so that a page or a caller can show it."""

    def __init__(self, rule: str, why: str) -> None:
        self.rule, self.why = rule, why
        super().__init__(f"{why} ({rule})")


class NotAllowed(BindeleddError):
    """Who is asking may not do or see this. `rule` names what says so, where `text` is a sentence for people."""

    def __init__(self, text: str, rule: str | None = None) -> None:
        self.rule = rule
        super().__init__(text)


class WrongVersion(BindeleddError):
    """The caller decided on an older version of the aggregate than the one that is stored."""

    def __init__(self, stream: str, expected: int, actual: int) -> None:
        self.stream, self.expected, self.actual = stream, expected, actual
        super().__init__(f"expected version {expected}, but the stream is at {actual}. Read it again and repeat")


class UsedKey(BindeleddError):
    """An Idempotency-Key was used before, with another request."""


class Shredded(BindeleddError):
    """What was asked for existed, and its key has been destroyed."""


class Occupied(BindeleddError):
    """Another process already works on this data folder."""


class Stopped(BindeleddError):
    """The consumer has stopped rather than drain a topic into quarantine."""
