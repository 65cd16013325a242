"""Norwegian identity numbers, each judged as the type that the message declares it to be.

No single check covers them: month + 40 is an ordinary H-nummer when declared as one, and one of the series of
synthetic test numbers when declared as a fødselsnummer. Check digits are python-stdnum's; dates and series are ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from stdnum.no import fodselsnummer

from services.samhandling.plo.melding import Funn

# What is added to the month in the national test populations (+80 Folkeregisteret's Tenor; +40 and +65 other series).
_TESTSERIER: Final = (80, 65, 40)
_DUF_VEKTER: Final = (4, 6, 3, 2, 4, 6, 3, 2, 7, 5)

NASJONALE: Final = frozenset(("FNR", "DNR"))
KJENTE: Final = frozenset(("FNR", "DNR", "HNR", "FHN", "DUF"))


def kontroller(
    nummer: str, type_: str, utsteder: str, *, tillat_testnummer: bool, født: date | None = None
) -> Funn | None:
    """What is wrong with an identity number that is declared as `type_` (kodeverk 8116), or None.

    `utsteder` is needed for an H-nummer, which is unique only together with its issuer. `født` is the birth date that
    the message gives; it must agree with a number that holds one. Numbers of the test series pass only with
    `tillat_testnummer`. A type that we do not know cannot be judged and passes (see `KJENTE`).
    """
    match type_:
        case "FNR" | "DNR":
            return _nasjonalt(nummer, type_, tillat_testnummer, født)
        case "HNR":
            return _hjelpenummer(nummer, utsteder, født)
        case "FHN":
            return None if _kontrollsifre(nummer) and nummer[0] in "89" else _feil(type_)
        case "DUF":
            return None if _duf(nummer) else _feil(type_)
        case _:
            return None


def fødselsdato(nummer: str, type_: str) -> date | None:
    """The birth date in a number of this type, test series included; None when it holds none or is malformed."""
    if type_ not in ("FNR", "DNR", "HNR") or len(nummer) != 11 or not _siffer(nummer):
        return None
    dag, måned, år = int(nummer[:2]), int(nummer[2:4]), int(nummer[4:6])
    if type_ == "DNR":
        dag -= 40
    måned -= 40 if type_ == "HNR" else _serie(måned)
    århundre = _århundre(år, int(nummer[6:9]))
    try:
        return date(århundre + år, måned, dag) if århundre is not None else None
    except ValueError:
        return None


def er_testnummer(nummer: str, type_: str) -> bool:
    """True when a fødselsnummer or D-nummer is of one of the test series."""
    return type_ in NASJONALE and len(nummer) == 11 and _siffer(nummer) and _serie(int(nummer[2:4])) > 0


def _nasjonalt(nummer: str, type_: str, tillat_testnummer: bool, født: date | None) -> Funn | None:
    i_nummeret = fødselsdato(nummer, type_)
    if i_nummeret is None or not _kontrollsifre(nummer):
        return _feil(type_)
    if er_testnummer(nummer, type_) and not tillat_testnummer:
        return Funn("E31", "testnummer", "Identitetsnummeret er et testnummer, og det godtas ikke her")
    return _enig(i_nummeret, født)


def _hjelpenummer(nummer: str, utsteder: str, født: date | None) -> Funn | None:
    i_nummeret = fødselsdato(nummer, "HNR")
    if i_nummeret is None or not _kontrollsifre(nummer):
        return _feil("HNR")
    if not utsteder:
        return Funn("E31", "hjelpenummer-uten-utsteder", "Et hjelpenummer (H-nummer) er oppgitt uten utsteder")
    return _enig(i_nummeret, født)


def _enig(i_nummeret: date, født: date | None) -> Funn | None:
    if født is None or født == i_nummeret:
        return None
    return Funn("E31", "foedselsdato-uenig", "Pasientens fødselsdato og identitetsnummer stemmer ikke overens")


def _feil(type_: str) -> Funn:
    return Funn("E31", "identitetsnummer", f"Pasientens identitetsnummer er ikke et gyldig nummer av typen {type_}")


def _serie(måned: int) -> int:
    return next((tillegg for tillegg in _TESTSERIER if måned > tillegg), 0)


def _århundre(år: int, individnummer: int) -> int | None:
    if individnummer < 500:
        return 1900
    if individnummer < 750 and år >= 54:
        return 1800
    if år < 40:
        return 2000
    return 1900 if individnummer >= 900 else None


def _kontrollsifre(nummer: str) -> bool:
    return (
        len(nummer) == 11
        and _siffer(nummer)
        and fodselsnummer.calc_check_digit1(nummer) == nummer[9]
        and fodselsnummer.calc_check_digit2(nummer) == nummer[10]
    )


def _duf(nummer: str) -> bool:
    """DUF: year and serial number, then the weighted sum modulo 11 as two digits."""
    if len(nummer) != 12 or not _siffer(nummer):
        return False
    return sum(v * int(s) for v, s in zip(_DUF_VEKTER, nummer, strict=False)) % 11 == int(nummer[10:])


def _siffer(nummer: str) -> bool:
    return nummer.isascii() and nummer.isdigit()


def syntetiske_numre(født: date, *, type_: str = "FNR", tillegg: int = 80) -> Iterator[str]:
    """Every well-formed number of a test series for a birth date, in order: `tillegg` (80, 65 or 40) is the series.

    For type HNR, `tillegg` must be 40, which makes it an ordinary H-nummer. Yields nothing for a year that has none.
    """
    dag = født.day + (40 if type_ == "DNR" else 0)
    stamme = f"{dag:02}{født.month + tillegg:02}{født.year % 100:02}"
    for individnummer in range(1000):
        ni = f"{stamme}{individnummer:03}"
        ti = ni + fodselsnummer.calc_check_digit1(ni)
        nummer = ti + fodselsnummer.calc_check_digit2(ti)
        if len(nummer) == 11 and _kontrollsifre(nummer) and fødselsdato(nummer, type_) == født:
            yield nummer
