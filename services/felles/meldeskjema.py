"""Knows the form in which Melde.no takes in the report of a serious incident, and fills in what it asks for, no more.

The form is the national front door's own (Melde API 2.0, `AdverseIncidentRequest`): `Header` and `Report`, where the
kind "Serious incident" asks for the patient's number, a phone and a position, and nothing of the report part.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from bindeledd.schema.generated.samhandling import Alvorligtilstand, Meldeskjema
from services.felles.oppsett import Oppsett
from services.felles.tid import lokal_dag

REGEL = "alvorlig_hendelse"
"""The rule by which it is reported (LOV-2025-06-20-74): absent, nothing is."""
SKRIVES = (Alvorligtilstand.NOTERT, Alvorligtilstand.AVVIST)
"""While there is a report to write."""
STI = "/api/v2/report/adverse-incident"
ROLLER = {"Manager": "Leder", "Treator": "Behandler", "OtherEmployee": "Annen ansatt"}
"""The front door's codes for who reports."""
MED_NUMMER = ("FNR", "DNR")
"""The kinds of id (8116) that the form takes as `Nin`. Without one it asks for name, birth date, gender and
nationality; the last is known to nobody here."""
BESKRIVELSE_MAKS, STILLING_MAKS, TELEFON_MAKS = 4000, 100, 50


def melding_id(ref: str) -> str:
    """A ref as the id that the caller gives a report (`ExternalMessageId`): the same however often it is sent."""
    return str(UUID(ref))


def fyll_ut(
    skjema: Meldeskjema, oppsett: Oppsett, *, part: str, saken: str, melding: str, hendt: datetime, nummer: str
) -> dict[str, Any]:  # fmt: skip
    """The request's body, exactly as it is sent; `part` is the unit that reports."""
    enhet = oppsett.parter[part]
    return {
        "Header": {
            "ExternalCaseId": saken,
            "ExternalMessageId": melding,
            "Reporter": {
                "Organization": {"Name": oppsett.organisasjoner[enhet.organisasjon].navn, "Department": enhet.navn},
                "Phone": skjema.telefon,
                "Position": skjema.stilling,
                "Role": skjema.rolle,
            },
            "Patient": {"Nin": nummer},
            "Incident": {
                "IncidentDescription": skjema.beskrivelse,
                "IncidentDate": lokal_dag(hendt).isoformat(),
                "DateUnknown": "No",
            },
            "ReportAreas": {"SeriousIncident": True},
        },
        "Report": {"SeriousIncident": {}},
    }
