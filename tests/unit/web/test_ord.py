"""Every code that a view can hold has words, and every kind of view has its place."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

import pytest

from bindeledd.schema.generated.ansvarsgruppe import Grupperolle, Medlemstilstand
from bindeledd.schema.generated.barn_paaroerende import Kartleggingstilstand
from bindeledd.schema.generated.felles import Oppgaveslag
from bindeledd.schema.generated.kriseplan import Kriseplantilstand
from bindeledd.schema.generated.samhandling import Meldingsutfall, Oppholdshendelse, Oppholdsstatus
from bindeledd.schema.generated.tilgang import Visning
from web import meldinger
from web import ord as sagt
from web.gitt import PROJEKSJON, UTSNITT
from web.handling import STED
from web.pasient import TABELL


@pytest.mark.parametrize(
    ("koder", "ord_"),
    [
        (Oppgaveslag, sagt.OPPGAVE),
        (Oppholdsstatus, sagt.STATUS),
        (Oppholdshendelse, sagt.HENDELSE),
        (Kriseplantilstand, sagt.KRISEPLAN),
        (Kartleggingstilstand, sagt.BARN),
        (Grupperolle, sagt.ROLLE),
        (Medlemstilstand, sagt.MEDLEM),
        (Meldingsutfall, meldinger.UTFALL),
        (Visning, sagt.VISNING),
    ],
)
def test_every_code_has_words(koder: type[Enum], ord_: Mapping[Any, Any]) -> None:
    assert set(koder) == set(ord_)


def test_every_kind_of_view_is_folded_named_and_has_a_place() -> None:
    for slag in UTSNITT:
        assert slag.avro_name in PROJEKSJON.folds
        assert slag.avro_name in sagt.SLAG
        felter = slag.__dataclass_fields__
        assert ("oppgaver" in felter) == (slag.avro_name in STED), "a task that is shown can be taken"
        assert ("deler" in felter) == (slag.avro_name in TABELL), "what is not shared can be said"


def test_every_ground_is_said_to_the_person() -> None:
    assert {"A", "R", "C", "D", "S", "avsluttet", "revisjon"} == sagt.GRUNNLAG.keys()
    assert sagt.grunnlag("X") == "En grunn som denne siden ikke kjenner ennå"


def test_what_is_newer_than_the_page_is_said_as_well_as_it_can_be() -> None:
    assert sagt.slag("no.bindeledd.samhandling.ForumUtsnitt") == "Opplysninger"
    assert sagt.meldingstype("NY_TYPE") == "Melding (NY_TYPE)"
    assert sagt.mangel("NOE_NYTT") == sagt.endring("NOE_NYTT") == "noe nytt"
