"""`bindeledd keys`: destroying a person's, giving an organisation its parties', closing all under another secret."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bindeledd.app.terminal import Data, Json, emit, epilog, settings_of
from bindeledd.core.errors import InvalidMessage

keys = typer.Typer(help="Keys: shred, give, rewrap.", no_args_is_help=True, rich_markup_mode=None)


@keys.command(epilog=epilog("bindeledd keys shred --person 9b1d…"))
def shred(
    person: Annotated[str | None, typer.Option(metavar="PERSON_REF", help="All keys of a person.")] = None,
    stream: Annotated[str | None, typer.Option(metavar="STREAM", help="The key of one stream.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Destroy keys, so that what they sealed can never be opened again. `serve` must be stopped.

    Final when the last backup of the keyring has expired. The logs stay whole.
    """
    from bindeledd.app.installation import open_keyring
    from bindeledd.ops.shred import shred_person, shred_stream

    if (person is None) == (stream is None):
        raise InvalidMessage("say what to shred", fix="Give --person or --stream, and not both")
    if not yes:
        typer.confirm("This cannot be undone. Destroy the keys?", abort=True, err=True)
    with open_keyring(settings_of(data)) as keyring:
        count = shred_person(keyring, person) if person is not None else shred_stream(keyring, stream or "")
    emit({"keys": count}, as_json=as_json, line=f"{count} keys destroyed")


@keys.command(epilog=epilog("bindeledd keys give bergen-kommune bergen-kommune.keys"))
def give(
    organisasjon: Annotated[str, typer.Argument(help="The organisation's id in the configuration.")],
    fil: Annotated[Path, typer.Argument(help="A new file, for its owner alone.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write the key file of an organisation's web: the keys of its parties, and a secret of its own for its passes.

    May run beside everything else. Give it anew when the organisation has got a party.
    """
    from bindeledd.app.installation import give as give_to

    given = give_to(settings_of(data), organisasjon)
    given.save(fil)
    emit({"parties": len(given.keks)}, as_json=as_json, line=f"the keys of {len(given.keks)} parties are in {fil}")


@keys.command(epilog=epilog("bindeledd keys rewrap new-master-secret"))
def rewrap(
    fil: Annotated[Path, typer.Argument(help="The new master secret: a file with 32 random bytes.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Wrap all keys anew under another master secret. Everything must be stopped, the webs too.

    The old one is read where it lies. All keys are then under the new one, or none is: put the new one in its place.
    """
    from bindeledd.app.installation import rewrap as rewrap_all

    count = rewrap_all(settings_of(data), fil)
    emit({"keys": count}, as_json=as_json, line=f"{count} keys are wrapped anew: {fil} is the master secret now")
