"""What each party may know of a child's case (access.md, "Children"): pure.

A service sees the part of the adult whom it follows up, and no other. A health receiver sees what was referred to it,
unless the adult opposes; another receiver by consent only: that the child needs support, and whom to call – never who
is ill, of what, where or when.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.barn_paaroerende import (
    Barnedel,
    Barnerelasjon,
    BarnesakUtsnitt,
    Barnet,
    BarnetiltakVist,
    Henvisningsgrunnlag,
    Henvisningstilstand,
    HenvisningVist,
    HoertVist,
    MeldepliktVist,
    TvilOmBarnVist,
)
from bindeledd.schema.generated.felles import Deling, DelStatus, Oppgave, Oppgaveslag, Tekst
from services.barn_pårørende.barn import HELSEMOTTAKERE, UTENFOR_HELSE, kan_sendes
from services.barn_pårørende.sak import Barnesak, Forelderdel, Henvisning
from services.barn_pårørende.saksgrunner import Saksgrunner
from services.felles.grunnlag import Svar, holdning
from services.felles.kjent import OPPGAVER_VIST, grunn_av
from services.felles.parter import koordinerende_enhet, part_for

INGEN = -1
VOKSENTJENESTER = frozenset(
    {"enhet", "forvaltning", "hjemmetjeneste", "botilbud", "ruteam", "nyankomne", "dps", "act", "pam"}
)
"""Kinds of unit that follow up adults, and have people responsible for their children."""
ANNEN_FORELDER = frozenset({"annen-forelder"})
DELER = ("kartlagt", "foreldersyk", "diagnose")
_STAFETT = {
    Henvisningstilstand.MOTTATT: "mottaker",
    Henvisningstilstand.TAR_IMOT: "mottaker",
}
_VIST_LØST = frozenset({Oppgaveslag.FOELG_OPP_ETTERLATTE})
"""Tasks that the law gives a unit whether or not it had the person (hpl §10b)."""


@dataclass(slots=True)
class _Blikk:
    """One party's look at a case: the answers it was given, and the texts that it may read, in order."""

    sak: Barnesak
    part: str
    slag: str
    grunner: Saksgrunner
    svarene: list[Svar] = field(default_factory=list)
    tekster: list[Sealed[Tekst]] = field(default_factory=list)

    def kan(self, forelder: str, del_: str, *, egen: bool = False) -> bool:
        """May the party know this part of what concerns one adult? What was answered is kept: the view rests on it."""
        svar = self.grunner.svar(self.part, forelder, f"barn.{del_}", egen=egen)
        if svar is None:
            return False
        self.svarene.append(svar)
        return svar.ja

    def skriv(self, tekst: Sealed[Tekst] | None, *, vises: bool = True) -> int:
        """Where the text stands in the view; INGEN when there is none, or it is not for this party."""
        if tekst is None or not vises:
            return INGEN
        self.tekster.append(tekst)
        return len(self.tekster) - 1

    @property
    def voksentjeneste(self) -> bool:
        return self.slag in VOKSENTJENESTER


def kandidater(sak: Barnesak, grunner: Saksgrunner) -> Iterable[str]:
    """The parties with any ground now, those with a task, and who decides a doubt."""
    egne = {oppgave.part for oppgave in sak.oppgaver.åpne()} | {h.til_part for h in sak.henvisninger.values()}
    if sak.tvil:
        egne.add(koordinerende_enhet(grunner.rammer.oppsett))
    return grunner.i_saken(sak).kandidater(egne)


def utsnitt(sak: Barnesak, part_id: str, grunner: Saksgrunner) -> BarnesakUtsnitt | None:
    """The whole view for one party; None when it may know nothing."""
    slag = part_for(grunner.rammer.oppsett, part_id).slag
    blikk = _Blikk(sak, part_id, slag, grunner.i_saken(sak))
    # The adult's own view is of the question about children: one who is ill may not know that another is.
    familiens = slag in VOKSENTJENESTER | ANNEN_FORELDER
    deler = [d for d in sak.deler.values() if familiens and blikk.kan(d.forelder, "kartlagt")]
    henvist = [h for h in sak.henvisninger.values() if _ser_henvisning(blikk, h, {d.forelder for d in deler})]
    tvil = _tvil(blikk)
    oppgaver = _oppgaver(blikk, {d.forelder for d in deler}, {h.ref for h in henvist})
    if not deler and not henvist and not tvil and not oppgaver:
        return None
    # In this order: what a part rests on is an answer, and its texts have their places, when it has been made.
    return BarnesakUtsnitt(
        aggregat="",
        barnet=_barnet(blikk),
        familie=tuple(_familie(blikk, deler, henvist)),
        henvisninger=tuple(_henvisning(blikk, h) for h in henvist),
        tiltak=tuple(_tiltak(blikk, {h.ref for h in henvist})),
        vurderinger=tuple(_vurderinger(blikk)),
        hoert=tuple(_hørt(blikk)),
        skal_hoeres=_skal_høres(blikk),
        tvil=tvil,
        tekster=tuple(blikk.tekster),
        oppgaver=oppgaver,
        deler=tuple(_deler(blikk, [d.forelder for d in deler] + [h.forelder for h in henvist])),
        grunn=grunn_av(next(s for s in blikk.svarene if s.ja), blikk.svarene),
    )


def _barnet(blikk: _Blikk) -> Sealed[Barnet] | None:
    """The child, to a service that follows an adult up as that service has written it down: by the name that another
    one gave, it would know that somebody more of the family is ill."""
    egne = (del_.barnet for del_ in blikk.sak.deler.values() if blikk.voksentjeneste and del_.part == blikk.part)
    return next((barnet for barnet in egne if barnet is not None), blikk.sak.barnet)


def kan_gis(grunner: Saksgrunner, forelder: str, til_part: str) -> bool:
    """May the receiver be told now? The same question for the view, the tasks and the sender's page."""
    sagt = sagt_om(grunner, forelder, til_part)
    return sagt is not None and kan_sendes(part_for(grunner.rammer.oppsett, til_part).slag, sagt)


def sagt_om(grunner: Saksgrunner, forelder: str, til_part: str) -> Henvisningsgrunnlag | None:
    """What the adult has said of telling a receiver; None when nobody can say that now."""
    kjent = grunner.foreldre.get(forelder)
    if kjent is None or not kjent.grunnlag.kilde_fersk:
        return None
    part = part_for(grunner.rammer.oppsett, til_part)
    return Henvisningsgrunnlag(holdning(grunner.rammer.tabell, kjent.grunnlag, part, "barn.kartlagt", grunner.naa))


def _ser_henvisning(blikk: _Blikk, henvisning: Henvisning, mine: set[str]) -> bool:
    """The service that follows the adult up sees every referral of its own part; a receiver what was sent to it."""
    if henvisning.forelder in mine and blikk.voksentjeneste:
        return True
    til_meg = henvisning.til_part == blikk.part and henvisning.hos_mottaker
    return til_meg and blikk.kan(henvisning.forelder, "kartlagt")


def _familie(blikk: _Blikk, deler: list[Forelderdel], henvist: list[Henvisning]) -> Iterable[Barnedel]:
    """For those who follow an adult up: the adult, and what the child needs. A health receiver learns only that
    somebody of the family is ill, and what they are to the child."""
    for del_ in deler:
        syk = blikk.kan(del_.forelder, "foreldersyk")
        yield Barnedel(
            forelder_ref=del_.forelder if blikk.voksentjeneste and syk else None,
            part=del_.part if blikk.voksentjeneste and syk else None,
            relasjon=del_.relasjon if syk else Barnerelasjon.UKJENT,
            behov=blikk.skriv(del_.behov),
            doed=_død(blikk, del_.forelder) if syk else False,
            fulgt_opp=del_.fulgt_opp,
        )
    if deler or blikk.slag not in HELSEMOTTAKERE:
        return
    for forelder in dict.fromkeys(h.forelder for h in henvist):
        if blikk.kan(forelder, "foreldersyk"):
            relasjon = next(d.relasjon for d in blikk.sak.deler.values() if d.forelder == forelder)
            yield Barnedel(relasjon=relasjon, behov=INGEN, doed=False)


def _død(blikk: _Blikk, forelder: str) -> bool:
    kjent = blikk.grunner.foreldre.get(forelder)
    return kjent is not None and any(o.død for o in kjent.opphold)


def _henvisning(blikk: _Blikk, henvisning: Henvisning) -> HenvisningVist:
    avsender = blikk.voksentjeneste
    åpen = kan_gis(blikk.grunner, henvisning.forelder, henvisning.til_part)
    # Where the adult is followed up tells where they are ill: by the same rule as the place of a stay.
    kjenner_stedet = avsender or (blikk.slag in HELSEMOTTAKERE and blikk.kan(henvisning.forelder, "diagnose"))
    utdypende = henvisning.utdypende is not None and _kan_utdypes(blikk, henvisning)
    return HenvisningVist(
        henvisning_ref=henvisning.ref,
        forelder_ref=henvisning.forelder if avsender else None,
        fra_part=henvisning.fra_part if kjenner_stedet else None,
        til_part=henvisning.til_part,
        grunnlag=henvisning.grunnlag if avsender else Henvisningsgrunnlag.UKJENT,
        tilstand=henvisning.tilstand,
        stafett=_STAFETT.get(henvisning.tilstand, "avsender") if åpen else "avsender",
        aapen=åpen,
        stoettebehov=blikk.skriv(henvisning.stoettebehov),
        kontakt=blikk.skriv(henvisning.kontakt),
        utdypende=blikk.skriv(henvisning.utdypende, vises=utdypende),
        svar=blikk.skriv(henvisning.svar),
        henvist=henvisning.henvist,
        mottatt_tid=henvisning.mottatt,
        besvart=henvisning.besvart,
    )


def _kan_utdypes(blikk: _Blikk, henvisning: Henvisning) -> bool:
    return blikk.slag not in UTENFOR_HELSE and blikk.kan(henvisning.forelder, "diagnose")


def _tiltak(blikk: _Blikk, henvist: set[str]) -> Iterable[BarnetiltakVist]:
    """A receiver's own; the sender sees that something is done, and not what."""
    for tiltak in blikk.sak.tiltak.values():
        if tiltak.henvisning in henvist:
            yield BarnetiltakVist(
                tiltak_ref=tiltak.ref, henvisning_ref=tiltak.henvisning, part=tiltak.part,
                innhold=blikk.skriv(tiltak.innhold, vises=tiltak.part == blikk.part),
                startet=tiltak.startet, avsluttet=tiltak.avsluttet,
            )  # fmt: skip


def _vurderinger(blikk: _Blikk) -> Iterable[MeldepliktVist]:
    """The unit's own (hpl §33); the page shows them to the author and the leader."""
    for vurdering in blikk.sak.vurderinger:
        if vurdering.part == blikk.part and blikk.kan(vurdering.forelder_ref, "meldeplikt", egen=True):
            yield MeldepliktVist(
                vurdering_ref=vurdering.vurdering_ref, forfatter=vurdering.forfatter, utfall=vurdering.utfall,
                innhold=blikk.skriv(vurdering.innhold), vurdert=vurdering.vurdert,
            )  # fmt: skip


def _hørt(blikk: _Blikk) -> Iterable[HoertVist]:
    """What the child said is for the unit that it said it to."""
    for hørt in blikk.sak.hørt:
        if hørt.part == blikk.part:
            yield HoertVist(
                innhold=blikk.skriv(hørt.innhold), skjult_for_foreldre=hørt.skjult_for_foreldre, hoert=hørt.hoert
            )


def _skal_høres(blikk: _Blikk) -> bool:
    hørt = any(hørt.part == blikk.part for hørt in blikk.sak.hørt)
    return blikk.grunner.skal_høres and not hørt and blikk.slag not in UTENFOR_HELSE


def _tvil(blikk: _Blikk) -> tuple[TvilOmBarnVist, ...]:
    """Doubts are for who works the manual queue: to anybody else they would tell that somebody more is ill."""
    mulig = blikk.part == koordinerende_enhet(blikk.grunner.rammer.oppsett) and blikk.sak.tvil
    if not mulig or not any(blikk.kan(forelder, "tvil", egen=True) for forelder in sorted(blikk.sak.foreldre)):
        return ()
    return tuple(TvilOmBarnVist(kandidat=kandidat, grunn=grunn) for kandidat, grunn in sorted(blikk.sak.tvil.items()))


def _oppgaver(blikk: _Blikk, foreldre: set[str], henvist: set[str]) -> tuple[Oppgave, ...]:
    """The party's own open tasks, as far as it may know what they are about."""
    vist = []
    for oppgave in blikk.sak.oppgaver.for_part(blikk.part):
        henvisning = blikk.sak.henvisninger.get(oppgave.gjelder)
        kjent = oppgave.gjelder in foreldre | henvist or oppgave.slag in _VIST_LØST
        if kjent and blikk.kan(henvisning.forelder if henvisning else oppgave.gjelder, "oppgaver", egen=True):
            vist.append(oppgave)
    return tuple(vist[:OPPGAVER_VIST])


def _deler(blikk: _Blikk, foreldre: list[str]) -> Iterable[DelStatus]:
    """Which parts are shared. A receiver outside the health service is not told what there is besides."""
    for del_ in DELER if blikk.slag not in UTENFOR_HELSE else ():
        svarene = [blikk.kan(forelder, del_) for forelder in foreldre]
        yield DelStatus(del_=del_, deling=Deling.DELT if any(svarene) else Deling.IKKE_DELT)
