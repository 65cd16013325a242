"""The words of who speaks for a person, and of who coordinates for a child's family."""

from __future__ import annotations

BARNEKOORDINATOR = {
    "TILBUDT": "Familien har fått tilbud om barnekoordinator",
    "TAKKET_NEI": "Familien har takket nei til barnekoordinator",
    "OPPNEVNT": "Familien har barnekoordinator",
}
"""What came of it that the family of a child may have a barnekoordinator."""

TALSPERSON = {
    "foreldreansvar": "Har foreldreansvaret",
    "verge": "Verge",
    "paaroerende": "Pårørende som representant",
    "advokat": "Advokat",
    "annen": "En annen representant",
}
"""Who speaks for a person besides them. One with parental responsibility is not chosen as a representative as well."""

TALER_IKKE_LENGER = {
    "personens_oenske": "Personen ønsker det",
    "ansvaret_er_slutt": "Foreldreansvaret er slutt",
    "feil": "Det var skrevet ned feil",
    "annet": "En annen grunn",
}
