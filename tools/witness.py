"""Keeps what Bindeledd has said of a log, so that it cannot say otherwise unseen. Python, `cryptography`, and
check_proof.py, which lies beside this; nothing else of ours.

    python witness.py https://…/bevis/web/tilgang.oppslag FOLDER 'bindeledd/4601/web/tilgang.oppslag+1f2e3d4c+AbCd…'

Asks how the log stands, and fetches the hash of each record since the last time: 32 bytes a record in FOLDER, from
which nothing of a person can be told. Run it as often as you like to know: what is cut off is seen if it was there at
the last run. The exit code is 0; or 1, and what does not hold, and then the checkpoint is kept in FOLDER/refused, for
it is evidence. Whoever may read the log can hold FOLDER/checkpoints against it: `bindeledd verify --mot`.
The forms are https://c2sp.org/tlog-tiles and https://c2sp.org/tlog-checkpoint.
"""

from __future__ import annotations

import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError

from check_proof import DoesNotHoldError, InvalidSignature, keys_from, need, opened, root_from_all  # type: ignore[import-not-found]  # beside this

TILE, HASH = 256, 32
PATIENCE_SECONDS = 30.0


def fetched(url: str) -> tuple[bytes, bool]:
    """What an address gives, and whether it asks for patience: something newer is under way."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - the user's own
            return answer.read(), "Retry-After" in answer.headers
    except HTTPError as error:
        if error.code == 503:
            return b"", True
        raise


def newest(url: str) -> str:
    """How the log stands, with all under it that was written when we asked. Raises OSError where that does not come."""
    until = time.monotonic() + PATIENCE_SECONDS
    first, waits = fetched(f"{url}/checkpoint")
    note = first
    while waits and note == first:
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.5)
        note, waits = fetched(f"{url}/checkpoint")
        first = first or note
    return note.decode()


def notes(text: str) -> list[str]:
    """The notes of a text where they stand one after the other."""
    parts = text.split("\n\n")
    return [f"{said}\n\n{signed.rstrip()}\n" for said, signed in zip(parts[::2], parts[1::2], strict=False)]


def tiles(url: str, begin: int, end: int) -> Iterator[bytes]:
    """The hashes of the records from `begin` up to `end`."""
    for number in range(begin // TILE, -(-end // TILE)):
        width = min(TILE, end - number * TILE)
        *above, last = f"{number:,}".split(",")
        path = "".join(f"x{each:0>3}/" for each in above) + f"{last:0>3}" + (f".p/{width}" if width < TILE else "")
        data, _ = fetched(f"{url}/tile/0/{path}")
        need(len(data) == width * HASH, "a tile is not as long as was asked for")
        for at in range(max(0, begin - number * TILE), width):
            yield data[at * HASH : (at + 1) * HASH]


def witness(url: str, folder: Path, key: str) -> str:
    """Fetch and keep. Raises DoesNotHoldError, after keeping the checkpoint that does not hold apart."""
    folder.mkdir(exist_ok=True)
    kept, hashes = folder / "checkpoints", folder / "hashes"
    before = notes(kept.read_text("utf-8")) if kept.exists() else []
    had = int(before[-1].split("\n")[1]) if before else 0
    own = hashes.read_bytes()[: had * HASH] if had else b""
    need(len(own) == had * HASH, "FOLDER lacks hashes that it had kept: begin another, and keep this one")
    note = newest(url)
    try:
        size, root, *_ = opened(note, keys_from(key, notes(fetched(f"{url}/keys")[0].decode())))
        need(size >= had, f"the end was cut off: there were {had} records, and now there are {size}")
        ours = [own[at : at + HASH] for at in range(0, len(own), HASH)]
        new = [*tiles(url, had, size)]
        if root_from_all(ours + new) != root:
            changed = (at for at, now in enumerate(tiles(url, 0, had)) if now != ours[at])
            need(False, f"the log is another one, from record {next(changed, had)} on")
    except (DoesNotHoldError, InvalidSignature):
        with (folder / "refused").open("a", encoding="utf-8") as file:
            file.write(f"{note}\n")
        raise
    with hashes.open("r+b" if had else "wb") as file:
        file.seek(had * HASH)
        file.writelines(new)
    if note not in before[-1:]:
        with kept.open("a", encoding="utf-8") as file:
            file.write(f"{note}\n")
    return f"the log of {size} records begins with all of the {had} that were there the last time, unchanged"


def main() -> int:
    if len(sys.argv) != 4:
        print(__doc__)
        return 2
    try:
        print(witness(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
    except DoesNotHoldError as error:
        print(f"DOES NOT HOLD: {error}")
        return 1
    except InvalidSignature:
        print("DOES NOT HOLD: the checkpoint is not as it was signed")
        return 1
    except (OSError, URLError, ValueError) as error:
        print(f"NOT SEEN: {type(error).__name__}. Nobody answers there as a log does")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
