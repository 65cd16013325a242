"""The official example messages, read where they lie: each is understood as what it is, and valid by its schema."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from services.samhandling.plo.apprec import skriv_apprec
from services.samhandling.plo.kontroll import kontroller_melding
from services.samhandling.plo.melding import (
    Annen,
    Dialog,
    Helseopplysninger,
    Logistikk,
    Logistikkslag,
    Melding,
    Rapport,
    Referanser,
    UleseligMelding,
    beslutningsansvarlig,
    forventet_utskrivning,
    tid_for,
    tidligmelding_mangler,
)
from services.samhandling.plo.parse import les_melding
from services.samhandling.plo.skjema import Skjemasett, valider
from tests.samples import sample_params

ALLE = [*sample_params("plo-1.6/eksempel/*.xml"), *sample_params("dialogmelding/*.xml")]

# What the sender says each file is: type, standard, status, kind of content, the rules that it is refused for.
FASIT: dict[str, tuple[str, str, str, type, tuple[str, ...]]] = {
    "Dialogmelding_avvik_v1-0": ("DIALOG_AVVIK", "dialog-1.0", "", Dialog, ()),
    "Dialogmelding_foresporsel_PLO_v1-0": ("DIALOG_FORESPORSEL", "dialog-1.0", "", Dialog, ()),
    "Dialogmelding_svar_foresporsel_PLO_v1-0": ("DIALOG_SVAR", "dialog-1.0", "", Dialog, ()),
    "Helseopplysninger_Oppdaterte_opplysninger_v1-6_Endring1": ("HELSEOPPL_SOKNAD", "1.6", "M", Helseopplysninger, ()),
    "Helseopplysninger_Oppdaterte_opplysninger_v1-6_Endring2": ("HELSEOPPL_SOKNAD", "1.6", "M", Helseopplysninger, ()),
    "Helseopplysninger_Varsel_om_innlagt_pasient_v1-6_Ny": ("HELSEOPPL_SOKNAD", "1.6", "N", Helseopplysninger, ()),
    "Helseopplysninger_til_lege_v1-6_Kansellering": ("HELSEOPPLYSNINGER_LEGE", "1.6", "C", Annen, ("type",)),
    "Helseopplysninger_til_lege_v1-6_Ny": ("HELSEOPPLYSNINGER_LEGE", "1.6", "N", Annen, ("type",)),
    "Innleggelsesrapport_v1-6_Endring": ("INNLEGGELSESRAPPORT", "1.6", "M", Rapport, ()),
    "Innleggelsesrapport_v1-6_Kansellering": ("INNLEGGELSESRAPPORT", "1.6", "C", Rapport, ()),
    "Innleggelsesrapport_v1-6_Ny": ("INNLEGGELSESRAPPORT", "1.6", "N", Rapport, ()),
    "Medisinske_opplysninger_v1-6_Kansellering": ("MEDISINSKE_OPPLYSNINGER", "1.6", "C", Annen, ("type",)),
    "Medisinske_opplysninger_v1-6_Ny": ("MEDISINSKE_OPPLYSNINGER", "1.6", "N", Annen, ("type",)),
    "Orientering_om_tjenestetilbud_v1-6_Kansellering": ("ORIENTERING_TJENESTETILBUD", "1.6", "C", Annen, ("type",)),
    "Orientering_om_tjenestetilbud_v1-6_Ny": ("ORIENTERING_TJENESTETILBUD", "1.6", "N", Annen, ("type",)),
    "Pasientlogistikk_Avmelding_av_utskrivningsklar_pasient_v1-6_Ny": ("LOG_AVMELDING", "1.6", "N", Logistikk, ()),
    "Pasientlogistikk_Innlagt_pasient_v1-6_Kansellering": ("LOG_INNLAGT", "1.6", "C", Logistikk, ()),
    "Pasientlogistikk_Innlagt_pasient_v1-6_Ny": ("LOG_INNLAGT", "1.6", "N", Logistikk, ()),
    "Pasientlogistikk_Melding_om_utskrevet_pasient_v1-6_Ny": ("LOG_UTSKREVET", "1.6", "N", Logistikk, ()),
    "Pasientlogistikk_Orientering_om_dodsfall_v1-6_Kansellering": ("LOG_DOD", "1.6", "C", Logistikk, ()),
    "Pasientlogistikk_Orientering_om_dodsfall_v1-6_Ny": ("LOG_DOD", "1.6", "N", Logistikk, ()),
    "Pasientlogistikk_Utskrivningsklar_pasient_v1-6_Ny": ("LOG_UTSKRIVNINGSKLAR", "1.6", "N", Logistikk, ()),
    "Utskrivningsrapport_v1-6_Endring": ("UTSKRIVNINGSRAPPORT", "1.6", "M", Rapport, ()),
    "Utskrivningsrapport_v1-6_Kansellering": ("UTSKRIVNINGSRAPPORT", "1.6", "C", Rapport, ()),
    "Utskrivningsrapport_v1-6_Ny": ("UTSKRIVNINGSRAPPORT", "1.6", "N", Rapport, ()),
}


@pytest.mark.parametrize("fil", ALLE)
def test_an_official_example_is_understood_as_what_it_is(fil: Path) -> None:
    melding = les_melding(fil.read_bytes())
    type_, standard, status, slag, avvises = FASIT[fil.stem]
    assert (melding.hode.type.verdi, melding.hode.standard, melding.status) == (type_, standard, status)
    assert isinstance(melding.innhold, slag)
    assert melding.lesefunn == ()
    funn = kontroller_melding(melding, vi_mottar_for=set(), kjente_enheter=set(), tillat_testnummer=False)
    assert tuple(f.regel for f in funn if f.avviser) == avvises


@pytest.mark.parametrize("fil", ALLE)
def test_an_official_example_names_its_parties_and_its_patient(fil: Path) -> None:
    melding = les_melding(fil.read_bytes())
    assert melding.hode.avsender is not None
    assert melding.hode.mottaker is not None
    assert melding.hode.avsender.her_id.isdigit()
    assert melding.hode.avsender.tjeneste_her_id.isdigit()
    assert melding.hode.mottaker.tjeneste_her_id.isdigit()
    assert melding.pasient is not None
    assert melding.pasient.født is not None
    assert len(melding.pasient.identer) == 1
    assert melding.pasient.identer[0].id.startswith(f"{melding.pasient.født:%d%m%y}")
    kansellert_eller_endret = melding.status in ("C", "M") or melding.hode.type.verdi in ("DIALOG_SVAR", "DIALOG_AVVIK")
    assert (melding.referanser is not None) is kansellert_eller_endret


@pytest.mark.parametrize("fil", ALLE)
def test_an_official_example_and_our_answer_to_it_are_valid(fil: Path, skjemasett: Skjemasett) -> None:
    raw = fil.read_bytes()
    melding = les_melding(raw)
    assert valider(skjemasett, raw) == ()
    for tillat in (True, False):
        funn = kontroller_melding(
            melding, vi_mottar_for={"1"} if tillat else set(), kjente_enheter=set(), tillat_testnummer=tillat
        )
        svar = skriv_apprec(melding.hode, funn, kvitterings_id="k1", tidspunkt=datetime(2026, 3, 2, tzinfo=UTC))
        assert svar is not None
        assert valider(skjemasett, svar) == ()


def les(mappe: Path, navn: str) -> Melding:
    return les_melding((mappe / "plo-1.6" / "eksempel" / navn).read_bytes())


def logistikk(melding: Melding) -> Logistikk:
    assert isinstance(melding.innhold, Logistikk)
    return melding.innhold


def test_the_admission_example_says_when(sample_folder: Path) -> None:
    melding = les(sample_folder, "Pasientlogistikk_Innlagt_pasient_v1-6_Ny.xml")
    innhold = logistikk(melding)
    tid = tid_for(innhold.hendelser, "1")
    assert innhold.slag is Logistikkslag.INNLAGT
    assert tid is not None
    assert (tid.instant, tid.anslag) == (datetime(2018, 1, 29, 9, tzinfo=UTC), False)
    assert melding.hode.gen_date is not None
    assert melding.hode.gen_date.skrevet == "2018-01-29T10:11:54"
    assert melding.hode.mottaker is not None
    assert (melding.hode.mottaker.her_id, melding.hode.mottaker.tjeneste_her_id) == ("99387", "5078")


def test_the_cancellation_example_refers_to_what_it_withdraws(sample_folder: Path) -> None:
    ny = les(sample_folder, "Pasientlogistikk_Innlagt_pasient_v1-6_Ny.xml")
    kansellering = les(sample_folder, "Pasientlogistikk_Innlagt_pasient_v1-6_Kansellering.xml")
    assert kansellering.referanser == Referanser(ny.hode.msg_id, ny.hode.msg_id)


def test_the_discharge_example_is_alive_and_has_a_date_only(sample_folder: Path) -> None:
    innhold = logistikk(les(sample_folder, "Pasientlogistikk_Melding_om_utskrevet_pasient_v1-6_Ny.xml"))
    tid = tid_for(innhold.hendelser, "2")
    assert innhold.uttilstand is not None
    assert innhold.ut_til is not None
    assert (innhold.uttilstand.verdi, innhold.ut_til.verdi) == ("1", "1")
    assert tid is not None
    assert (tid.dato, tid.bare_dato) == (date(2018, 2, 1), True)


def test_the_ready_for_discharge_example_names_a_nurse_and_no_doctor(sample_folder: Path) -> None:
    innhold = logistikk(les(sample_folder, "Pasientlogistikk_Utskrivningsklar_pasient_v1-6_Ny.xml"))
    klar = tid_for(innhold.hendelser, "3")
    assert klar is not None
    assert (klar.dato, klar.anslag) == (date(2018, 1, 31), True)
    assert [person.yrke for person in innhold.kontakter.ansvarlige] == ["SP"]
    assert beslutningsansvarlig(innhold) is None


def test_the_withdrawal_example_holds_all_three_dates(sample_folder: Path) -> None:
    innhold = logistikk(les(sample_folder, "Pasientlogistikk_Avmelding_av_utskrivningsklar_pasient_v1-6_Ny.xml"))
    assert [hendelse.kode for hendelse in innhold.hendelser] == ["1", "3", "4"]
    assert innhold.hendelser[2].merknad.startswith("På bakgrunn av endring")


def test_the_tidligmelding_example_and_its_updates_are_complete_and_show_what_changed(sample_folder: Path) -> None:
    navn = (
        "Varsel_om_innlagt_pasient_v1-6_Ny",
        "Oppdaterte_opplysninger_v1-6_Endring1",
        "Oppdaterte_opplysninger_v1-6_Endring2",
    )
    meldinger = [les(sample_folder, f"Helseopplysninger_{n}.xml") for n in navn]
    forventet = []
    for melding in meldinger:
        assert isinstance(melding.innhold, Helseopplysninger)
        assert tidligmelding_mangler(melding.innhold) == ()
        tid = forventet_utskrivning(melding.innhold)
        assert tid is not None
        assert tid.anslag
        forventet.append(tid.dato)
    assert forventet == [date(2018, 1, 15), date(2018, 1, 18), date(2018, 1, 25)]
    første, _, siste = (melding.innhold for melding in meldinger)
    assert isinstance(første, Helseopplysninger)
    assert isinstance(siste, Helseopplysninger)
    assert første.type_innhold is not None
    assert første.type_innhold.verdi == "1"
    assert siste.status == "Innlagt etter fall i trapp. Brudd i lårhalsen. Infeksjon i såret."
    assert "Brudd i lårhals (S720)" in "\n".join(avsnitt.tekst for avsnitt in siste.avsnitt)


def test_the_report_examples_can_be_read_by_a_person(sample_folder: Path) -> None:
    for navn in ("Innleggelsesrapport_v1-6_Ny.xml", "Utskrivningsrapport_v1-6_Ny.xml"):
        innhold = les(sample_folder, navn).innhold
        assert isinstance(innhold, Rapport)
        assert len(innhold.avsnitt) > 5
        assert all(avsnitt.overskrift and avsnitt.tekst for avsnitt in innhold.avsnitt)


def test_the_dialogue_examples_hold_question_answer_and_reason(sample_folder: Path) -> None:
    def innlegg(navn: str) -> list[tuple[str, str]]:
        innhold = les_melding((sample_folder / "dialogmelding" / navn).read_bytes()).innhold
        assert isinstance(innhold, Dialog)
        return [(del_.slag, del_.tema.verdi) for del_ in innhold.innlegg]

    assert innlegg("Dialogmelding_foresporsel_PLO_v1-0.xml") == [("foresporsel", "99")]
    assert innlegg("Dialogmelding_svar_foresporsel_PLO_v1-0.xml") == [("notat", "5")]
    assert innlegg("Dialogmelding_avvik_v1-0.xml") == [("notat", "1")]


@pytest.mark.parametrize("fil", sample_params("plo-1.6/eksempel/*.xml"))
def test_an_official_example_cut_anywhere_is_refused_as_unreadable(fil: Path) -> None:
    raw = fil.read_bytes()
    for slutt in range(0, len(raw) - 20, 199):
        with pytest.raises(UleseligMelding):
            les_melding(raw[:slutt])
