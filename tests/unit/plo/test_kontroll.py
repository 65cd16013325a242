"""Why a message is refused, and what a person is warned of: a message of our own for each rule."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.samhandling.plo import skriv
from services.samhandling.plo.koder import FEILMELDINGER
from services.samhandling.plo.kontroll import kontroller_melding, vår_rolle
from services.samhandling.plo.melding import (
    Funn,
    Ident,
    Kontakter,
    Organisasjon,
    Pasient,
    Pårørende,
    Referanser,
)
from services.samhandling.plo.parse import les_melding
from services.samhandling.plo.skriv import Sending
from tests.meldinger import (
    AVDELING,
    FØDT,
    HJEMMETJENESTE,
    KOMMUNE,
    LEGE,
    NÅ,
    PASIENT,
    SAKSBEHANDLING,
    adressat,
    med_kode,
    med_tekst,
    person_id,
    sending,
    syntetisk,
    uten,
)

DAG = date(2026, 3, 9)
INNLAGT = skriv.lag_innlagt(sending(), tid=NÅ)
UTSKREVET = skriv.lag_utskrevet(sending(), tid=NÅ)
TIDLIGMELDING = skriv.lag_tidligmelding(sending(), status="Stabil", forløp="Kort", forventet=DAG)


def funn_i(
    raw: bytes,
    *,
    vi_mottar_for: Set[str] = frozenset({KOMMUNE}),
    kjente_enheter: Set[str] = frozenset({SAKSBEHANDLING, HJEMMETJENESTE}),
    tillat_testnummer: bool = True,
) -> tuple[Funn, ...]:
    return kontroller_melding(
        les_melding(raw),
        vi_mottar_for=vi_mottar_for,
        kjente_enheter=kjente_enheter,
        tillat_testnummer=tillat_testnummer,
    )


def avvist_for(raw: bytes, **oppsett: object) -> set[tuple[str, str]]:
    """(code, rule) of every refusal."""
    return {(f.kode, f.regel) for f in funn_i(raw, **oppsett) if f.avviser}  # type: ignore[arg-type]


def varsler_om(raw: bytes, **oppsett: object) -> set[str]:
    """The rules of every warning; fails when the message is refused."""
    funn = funn_i(raw, **oppsett)  # type: ignore[arg-type]
    assert not any(f.avviser for f in funn), [f.regel for f in funn if f.avviser]
    return {f.regel for f in funn}


def med_pasient(**endringer: object) -> bytes:
    return skriv.lag_innlagt(sending(pasient=replace(PASIENT, **endringer)), tid=NÅ)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "raw",
    [
        INNLAGT,
        UTSKREVET,
        TIDLIGMELDING,
        skriv.lag_utskrivningsklar(sending(), dato=DAG),
        skriv.lag_avmelding(sending(), dato=DAG),
        skriv.lag_død(sending(), tid=DAG),
        skriv.lag_rapport(sending(), "INNLEGGELSESRAPPORT", notat="x"),
        skriv.lag_rapport(sending(), "UTSKRIVNINGSRAPPORT", notat="x"),
        skriv.lag_dialog(sending(), "DIALOG_NOTAT", tekst="x"),
        skriv.lag_innlagt(sending(standard="1.5"), tid=NÅ),
    ],
)
def test_an_ordinary_message_of_each_type_gives_no_finding(raw: bytes) -> None:
    assert funn_i(raw) == ()


# Rule 3: the head


def test_a_message_without_sender_receiver_id_or_time_of_sending_is_refused() -> None:
    assert avvist_for(uten(INNLAGT, "Sender")) == {("T02", "avsender")}
    assert avvist_for(uten(INNLAGT, "Receiver")) == {("T02", "mottaker")}
    assert avvist_for(uten(INNLAGT, "MsgId")) == {("E10", "msgid")}
    assert avvist_for(uten(INNLAGT, "GenDate")) == {("T02", "gendate")}
    assert avvist_for(med_tekst(INNLAGT, "GenDate", "i går")) == {("T02", "gendate")}
    assert avvist_for(med_tekst(INNLAGT, "GenDate", "2026-03-02")) == {("T02", "gendate")}


def test_a_sender_with_a_name_but_no_id_is_no_sender() -> None:
    navn = replace(adressat("1", "2"), organisasjon=Organisasjon("Uten nummer"))
    assert ("T02", "avsender") in avvist_for(skriv.lag_innlagt(sending(avsender=navn), tid=NÅ))


@pytest.mark.parametrize("type_", ["HELSEOPPLYSNINGER_LEGE", "ORIENTERING_TJENESTETILBUD", "LOG_INNLAGT2", ""])
def test_a_type_that_is_not_taken_in_is_refused_as_not_supported(type_: str) -> None:
    raw = INNLAGT.replace(b'V="LOG_INNLAGT"', f'V="{type_}"'.encode())
    assert avvist_for(raw) == {("T10", "type")}


def test_content_of_another_kind_than_the_type_says_is_refused() -> None:
    assert avvist_for(INNLAGT.replace(b'V="LOG_INNLAGT"', b'V="LOG_DOD"')) == {("T99", "innhold")}
    assert avvist_for(INNLAGT.replace(b'V="LOG_INNLAGT"', b'V="HELSEOPPL_SOKNAD"')) == {("T99", "innhold")}
    assert avvist_for(TIDLIGMELDING.replace(b'V="HELSEOPPL_SOKNAD"', b'V="UTSKRIVNINGSRAPPORT"')) == {
        ("T99", "innhold")
    }


def test_a_message_without_content_or_with_content_in_no_known_version_is_refused() -> None:
    assert avvist_for(uten(INNLAGT, "Document")) == {("T99", "innhold")}
    assert avvist_for(uten(INNLAGT, "Pasientlogistikk")) == {("T99", "innhold")}
    assert avvist_for(uten(INNLAGT, "MeldingInnlagtPasient")) == {("T99", "innhold")}
    assert avvist_for(INNLAGT.replace(b"/2012-04-01", b"/2018-01-01")) == {("T99", "innhold")}


# Rule 3: the patient


def test_a_message_without_patient_name_or_identity_is_refused() -> None:
    assert avvist_for(uten(INNLAGT, "Patient")) == {("E36", "pasient")}
    assert avvist_for(med_pasient(etternavn="")) == {("E32", "pasientnavn")}
    assert avvist_for(med_pasient(fornavn="")) == {("E32", "pasientnavn")}
    assert avvist_for(med_pasient(identer=())) == {("E30", "identitet-mangler")}
    assert avvist_for(med_pasient(identer=(Ident("9999999", "HPR"),))) == {("E30", "identitet-mangler")}


def test_the_birth_date_may_be_left_out_only_beside_a_number_that_holds_it() -> None:
    hnr = person_id(syntetisk(type_="HNR", tillegg=40), "HNR")
    assert funn_i(med_pasient(født=None)) == ()
    assert avvist_for(med_pasient(født=None, identer=(hnr,))) == {("E36", "foedselsdato-mangler")}
    assert funn_i(med_pasient(identer=(hnr,))) == ()


def test_a_malformed_birth_date_is_refused() -> None:
    assert avvist_for(med_tekst(INNLAGT, "DateOfBirth", "5. juni")) == {("E36", "foedselsdato-ugyldig")}
    assert avvist_for(med_tekst(INNLAGT, "DateOfBirth", "1987-06-05T00:00:00")) == {("E36", "foedselsdato-ugyldig")}


# Rule 4: identities


def test_an_invalid_number_is_refused_also_beside_a_valid_one() -> None:
    feil = person_id("12345678901")
    assert avvist_for(med_pasient(identer=(feil,))) == {("E31", "identitetsnummer")}
    assert avvist_for(med_pasient(identer=(*PASIENT.identer, feil))) == {("E31", "identitetsnummer")}


def test_a_test_number_is_refused_where_it_is_not_allowed() -> None:
    assert avvist_for(INNLAGT, tillat_testnummer=False) == {("E31", "testnummer")}


def test_several_valid_numbers_at_once_are_taken_in() -> None:
    flere = (
        *PASIENT.identer,
        person_id(syntetisk(type_="DNR"), "DNR"),
        person_id(syntetisk(type_="HNR", tillegg=40), "HNR"),
    )
    assert funn_i(med_pasient(identer=flere)) == ()


def test_a_birth_date_that_agrees_with_no_number_is_refused_and_with_one_of_several_warned_of() -> None:
    annen = person_id(syntetisk(date(1987, 6, 6)))
    assert avvist_for(med_pasient(identer=(annen,))) == {("E31", "foedselsdato-uenig")}
    assert varsler_om(med_pasient(identer=(annen, *PASIENT.identer))) == {"foedselsdato-uenig"}


def test_the_sender_is_the_issuer_of_an_h_number_unless_another_is_named() -> None:
    hnr = syntetisk(type_="HNR", tillegg=40)
    uten_her = replace(adressat("1", "2"), organisasjon=Organisasjon("Legekontor", (Ident("999999999", "ENH"),)))
    ukjent = sending(avsender=uten_her, pasient=replace(PASIENT, identer=(person_id(hnr, "HNR"),)))
    navngitt = sending(avsender=uten_her, pasient=replace(PASIENT, identer=(Ident(hnr, "HNR", "2.16.578.1.12.4.3.9"),)))
    assert avvist_for(skriv.lag_innlagt(ukjent, tid=NÅ)) == {("E31", "hjelpenummer-uten-utsteder")}
    assert funn_i(skriv.lag_innlagt(navngitt, tid=NÅ)) == ()


# Rules 5 and 6: who it is for


def test_a_message_for_another_organisation_is_refused() -> None:
    assert [f.regel for f in funn_i(INNLAGT, vi_mottar_for={"9000999"}, kjente_enheter={"9000998"})] == [
        "feil-organisasjon"
    ]


def test_with_no_organisation_configured_any_is_taken_in_with_a_warning() -> None:
    assert varsler_om(INNLAGT, vi_mottar_for=set()) == {"mottaker-ikke-satt-opp"}


def test_an_unknown_service_of_ours_is_taken_in_and_the_sender_is_told_which_is_right() -> None:
    raw = skriv.lag_utskrivningsklar(sending(mottaker=adressat(KOMMUNE, "9000777")), dato=DAG)
    funn = funn_i(raw)
    assert [(f.kode, f.regel, f.avviser) for f in funn] == [("E21", "ukjent-tjeneste", False)]
    assert "saksbehandlertjenesten" in funn[0].tekst


def test_with_no_service_configured_none_is_unknown() -> None:
    assert funn_i(skriv.lag_innlagt(sending(mottaker=adressat(KOMMUNE, "9000777")), tid=NÅ), kjente_enheter=set()) == ()


def test_our_role_is_told_from_who_is_addressed() -> None:
    annen, vår = adressat("9000999", "9000998"), adressat(KOMMUNE, HJEMMETJENESTE)

    def rolle(s: Sending, våre: Set[str] = frozenset({KOMMUNE})) -> str:
        return vår_rolle(les_melding(skriv.lag_innlagt(s, tid=NÅ)), våre)

    assert rolle(sending()) == "mottaker"
    assert rolle(sending(mottaker=annen, kopimottakere=(vår,))) == "kopimottaker"
    assert rolle(sending(kopimottakere=(vår,))) == "begge"
    assert rolle(sending(mottaker=annen)) == "ingen"
    assert rolle(sending(mottaker=annen), frozenset()) == "mottaker"


def test_a_copy_for_us_is_not_a_wrong_organisation() -> None:
    kopi = sending(mottaker=adressat("9000999", "9000998"), kopimottakere=(adressat(KOMMUNE, HJEMMETJENESTE),))
    assert funn_i(skriv.lag_innlagt(kopi, tid=NÅ)) == ()


# Rule 8: new, changed, cancelled


def test_a_missing_or_unknown_status_is_refused() -> None:
    assert avvist_for(uten(INNLAGT, "Forsendelsesstatus")) == {("T02", "status")}
    assert avvist_for(med_kode(INNLAGT, "Forsendelsesstatus", "X")) == {("T02", "status")}


def test_logistics_knows_no_change() -> None:
    endret = sending(status="M", referanser=Referanser("f", "d"))
    assert avvist_for(skriv.lag_innlagt(endret, tid=NÅ)) == {("T99", "logistikk-endring")}


def test_a_change_or_cancellation_without_reference_is_warned_of() -> None:
    assert varsler_om(skriv.lag_innlagt(sending(status="C"), tid=NÅ)) == {"kansellering-uten-referanse"}
    endring = skriv.lag_tidligmelding(sending(status="M"), status="a", forløp="b", forventet=DAG)
    assert varsler_om(endring) == {"endring-uten-referanse"}


def test_a_cancellation_is_not_refused_for_content_that_it_withdraws() -> None:
    raw = skriv.lag_innlagt(sending(status="C", referanser=Referanser("f", "d")), tid=NÅ)
    assert varsler_om(med_kode(raw, "TidspunktForHendelse", "snart")) == {"tidspunkt"}
    assert funn_i(med_kode(raw, "Hendelsekode", "99")) == ()


def test_half_a_dialogue_reference_is_warned_of() -> None:
    raw = skriv.lag_innlagt(sending(status="C", referanser=Referanser("f", "d")), tid=NÅ)
    assert varsler_om(uten(raw, "RefToConversation")) == {"referanse"}
    assert les_melding(uten(raw, "RefToConversation")).referanser == Referanser("f", "f")


# Rule 3: the professional content


def test_a_logistics_message_without_its_event_is_refused() -> None:
    assert avvist_for(med_kode(INNLAGT, "Hendelsekode", "2")) == {("T99", "hendelse")}
    assert avvist_for(uten(INNLAGT, "TidsfestetHendelse")) == {("T99", "hendelse")}
    assert avvist_for(uten(INNLAGT, "Hendelsekode")) == {("T99", "hendelse")}


def test_a_malformed_time_or_estimate_is_refused() -> None:
    assert avvist_for(med_kode(INNLAGT, "TidspunktForHendelse", "snart")) >= {("T02", "tidspunkt")}
    assert avvist_for(uten(INNLAGT, "TidspunktForHendelse")) >= {("T02", "tidspunkt")}
    assert avvist_for(med_tekst(INNLAGT, "Anslag", "kanskje")) == {("T02", "anslag")}


def test_an_admission_without_a_time_of_day_is_warned_of() -> None:
    assert varsler_om(skriv.lag_innlagt(sending(), tid=DAG)) == {"innlagt-uten-klokkeslett"}


def test_a_discharge_must_say_where_to_and_its_outcome_must_be_a_known_code() -> None:
    assert avvist_for(uten(UTSKREVET, "UtTil")) == {("T02", "ut-til")}
    assert avvist_for(med_kode(UTSKREVET, "Uttilstand", "9")) == {("T99", "uttilstand")}
    assert varsler_om(uten(UTSKREVET, "Uttilstand")) == {"uttilstand-mangler"}


def test_ready_for_discharge_without_a_named_doctor_or_psychologist_is_taken_in_and_flagged() -> None:
    navnløs = replace(LEGE, etternavn="")
    sykepleier = replace(LEGE, yrke="SP")
    psykolog = replace(LEGE, yrke="PS")
    for ansvarlige, ventet in (
        ((), {"beslutningsansvarlig"}),
        ((navnløs, sykepleier), {"beslutningsansvarlig"}),
        ((sykepleier, psykolog), set()),
    ):
        s = sending(kontakter=Kontakter(enheter=(AVDELING,), ansvarlige=ansvarlige))
        assert varsler_om(skriv.lag_utskrivningsklar(s, dato=DAG)) == ventet


def test_no_other_logistics_message_needs_one_responsible() -> None:
    assert funn_i(skriv.lag_innlagt(sending(kontakter=Kontakter()), tid=NÅ)) == ()


def test_an_incomplete_tidligmelding_is_taken_in_and_says_what_is_missing() -> None:
    raw = skriv.lag_tidligmelding(sending(kontakter=Kontakter()))
    funn = funn_i(raw)
    assert [(f.regel, f.avviser) for f in funn] == [("tidligmelding-ufullstendig", False)]
    assert "pasientens status, antatt forløp, forventet utskrivningstidspunkt, kontaktopplysninger" in funn[0].tekst


def test_a_1_6_notice_must_say_whether_it_is_the_first_or_an_update() -> None:
    assert avvist_for(uten(TIDLIGMELDING, "TypeInnholdIMelding")) == {("T02", "type-innhold")}


def test_a_malformed_year_of_birth_of_a_child_is_refused() -> None:
    raw = skriv.lag_innlagt(sending(pårørende=(Pårørende("SO", født_år=2015),)), tid=NÅ)
    assert funn_i(raw) == ()
    assert avvist_for(med_tekst(raw, "FodselsarMindrearigParorende", "i fjor")) == {("T02", "foedselsaar")}


def test_an_empty_dialogue_message_is_refused() -> None:
    raw = skriv.lag_dialog(sending(), "DIALOG_NOTAT", tekst="x")
    assert avvist_for(uten(raw, "Notat")) == {("T99", "dialog-tom")}


# Rule 11: times


def test_the_ambiguous_and_the_missing_hour_are_flagged() -> None:
    # 00:30 UTC is the first 02:30 of that night in Norway.
    høst = skriv.lag_innlagt(sending(), tid=datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert varsler_om(høst) == {"tid-tvetydig"}
    assert varsler_om(med_kode(INNLAGT, "TidspunktForHendelse", "2026-03-29T02:30:00")) == {"tid-finnes-ikke"}
    utc = skriv.lag_innlagt(sending(standard="1.5"), tid=datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert funn_i(utc) == ()


# Whatever the finding


def test_an_attachment_that_is_not_read_is_warned_of() -> None:
    dokument = INNLAGT[INNLAGT.index(b"<Document>") : INNLAGT.index(b"</Document>") + len(b"</Document>")]
    assert varsler_om(INNLAGT.replace(b"</MsgHead>", dokument + b"</MsgHead>")) == {"vedlegg"}


def test_refusals_come_first_and_every_code_is_an_official_one() -> None:
    raw = uten(skriv.lag_innlagt(sending(mottaker=adressat(KOMMUNE, "9000777")), tid=DAG), "MsgId", "FamilyName")
    funn = funn_i(raw, tillat_testnummer=False)
    avviser = [f.avviser for f in funn]
    assert avviser == sorted(avviser, reverse=True)
    assert len(funn) >= 4
    assert {f.kode for f in funn} <= {"", *FEILMELDINGER}
    assert all(f.kode for f in funn if f.avviser)


def test_no_finding_holds_anything_of_the_patient() -> None:
    merket = Pasient("MERKEetter", "MERKEfor", født=FØDT, identer=(person_id("MERKEid"),))
    raw = skriv.lag_tidligmelding(sending(pasient=merket, kontakter=Kontakter()), status="MERKEstatus")
    raw = med_tekst(raw, "DateOfBirth", "MERKEdato")
    funn = funn_i(raw)
    assert len(funn) >= 3
    assert "MERKE" not in repr(funn)
