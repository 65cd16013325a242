"""What the keyring promises: keys durable before use, found by person, gone for good when shredded."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial

import pytest

from bindeledd.core.clock import SeededEntropy, new_ref
from bindeledd.core.errors import InvalidMessage, NotAllowed, Shredded, TransientError
from bindeledd.seal import keys as crypto
from bindeledd.seal import rewrap as rewrapping
from bindeledd.seal.held import Master
from bindeledd.seal.keyring import Keyring, KeySession, LentKeyring
from tests.contract.conftest import Rung

MASTER, NEW = b"m" * 32, b"w" * 32
Open = Callable[..., Keyring]


@pytest.fixture
def opened(rung: Rung) -> Iterator[Open]:
    """Opens the same keyring, as often as one likes."""
    with ExitStack() as stack:

        def made(master: bytes = MASTER, seed: int = 1) -> Keyring:
            return stack.enter_context(closing(Keyring(rung.connect(), Master(master), SeededEntropy(seed))))

        yield made


@pytest.fixture
def ring(opened: Open) -> Keyring:
    return opened()


def made(ring: Keyring, *streams: str, person: str | None = "person", party: str = "") -> list[str]:
    """Keys for these streams, durable. Their ids."""
    session = ring.session("us")
    ids = [session.key_for(stream, person, party).key_id for stream in streams]
    session.flush(0, 1)
    return ids


def test_a_stream_keeps_its_key(ring: Keyring, opened: Open) -> None:
    (key_id,) = made(ring, "s1")
    again = opened(seed=2)
    assert again.key(key_id).secret == ring.key(key_id).secret
    assert again.session("us").key_for("s1", "person").key_id == key_id


def test_streams_never_share_a_key(ring: Keyring) -> None:
    ids = made(ring, "s1", "s2", "s3")
    assert len({ring.key(key_id).secret for key_id in ids}) == 3


def test_a_key_that_was_not_flushed_is_known_to_its_own_transaction_only(ring: Keyring) -> None:
    session = ring.session("us")
    key = session.key_for("s1", "person")
    assert session.key(key.key_id) == key
    assert session.key_for("s1", "person") == key
    assert ring.key_of_stream("s1") is None
    with pytest.raises(Shredded):
        ring.key(key.key_id)


def test_an_undone_savepoint_forgets_its_keys_and_its_way_to_a_person(ring: Keyring) -> None:
    session = ring.session("us")
    session.key_for("kept", "person")
    mark = session.mark()
    session.key_for("undone", "person")
    session.add_blind(b"blind", "person")
    session.undo_to(mark)
    session.flush(0, 1)
    assert ring.key_of_stream("kept") is not None
    assert ring.key_of_stream("undone") is None
    assert ring.person_of(b"blind") is None


def test_a_person_is_found_by_the_exact_id_and_its_kind_and_issuer(ring: Keyring) -> None:
    session = ring.session("us")
    blind = ring.blind("01810112345", "FNR", "")
    session.add_blind(blind, "person")
    assert session.person_of(blind) == "person"
    session.flush(0, 1)
    assert ring.person_of(blind) == "person"
    for other in (("01810112346", "FNR", ""), ("01810112345", "DNR", ""), ("01810112345", "FNR", "x")):
        assert ring.person_of(ring.blind(*other)) is None


def test_the_blind_index_says_nothing_without_the_master_secret(ring: Keyring, rung: Rung) -> None:
    session = ring.session("us")
    session.add_blind(ring.blind("01810112345", "FNR", ""), "person")
    session.flush(0, 1)
    assert ring.person_of(crypto.keyed_hash(crypto.derive(b"x" * 32, "blind-index"), "FNR", "", "01810112345")) is None
    assert ring.person_of(crypto.keyed_hash(crypto.derive(MASTER, "blind-index"), "FNR", "", "01810112345")) == "person"
    assert not rung.in_files(b"01810112345")


def test_the_latest_word_on_whose_an_id_is_counts(ring: Keyring) -> None:
    for person in ("first", "second"):
        session = ring.session("us")
        session.add_blind(b"blind", person)
        session.flush(0, 1)
    assert ring.person_of(b"blind") == "second"


def test_shredding_a_person_destroys_all_their_keys_and_the_way_to_them_and_nobody_elses(ring: Keyring) -> None:
    mine = [*made(ring, "s1", "s2"), *made(ring, "v1", party="act-kronstad")]
    (others,) = made(ring, "s3", person="another")
    session = ring.session("us")
    session.add_blind(b"mine", "person")
    session.add_blind(b"others", "another")
    session.flush(0, 1)
    assert ring.shred_person("person") == 3
    for key_id in mine:
        with pytest.raises(Shredded):
            ring.key(key_id)
    assert ring.person_of(b"mine") is None
    assert ring.key(others).key_id == others
    assert ring.person_of(b"others") == "another"


def test_a_key_that_another_process_destroyed_is_at_hand_for_a_minute_at_most(
    ring: Keyring, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    (key_id,) = made(ring, "s1")
    now = time.monotonic()
    assert opened(seed=2).shred_stream("s1") == 1
    monkeypatch.setattr(time, "monotonic", lambda: now + 61)
    with pytest.raises(Shredded):
        ring.key(key_id)
    assert ring.key_of_stream("s1") is None


def test_a_shredded_key_is_nowhere_in_the_file(ring: Keyring, rung: Rung) -> None:
    made(ring, "stream-to-shred", "another")
    (wrapped,) = ring._db.all("SELECT wrapped FROM data_key WHERE stream = 'stream-to-shred'")[0]
    assert rung.in_files(wrapped)
    assert ring.shred_stream("stream-to-shred") == 1
    ring.tidy()
    assert not rung.in_files(wrapped)


def test_no_part_of_a_shredded_key_is_left_where_a_page_was_split(opened: Open, rung: Rung) -> None:
    ring, chance = opened(seed=2), random.Random(0)
    for _ in range(250):
        made(ring, *(new_ref(ring.entropy) for _ in range(8)), person=f"p{chance.randrange(20)}")
    for nr in range(20):
        wrapped = ring._db.all("SELECT wrapped FROM data_key WHERE person_ref = ?", (f"p{nr}",))
        assert ring.shred_person(f"p{nr}") == len(wrapped) > 0
        ring.tidy()
        assert not rung.in_files(*(key[at : at + 10] for (key,) in wrapped for at in range(0, 50, 10)))


def test_what_was_not_tidied_before_the_end_is_tidied_at_the_next(ring: Keyring, rung: Rung) -> None:
    made(ring, "s1")
    ring.shred_stream("s1")
    assert untidy(ring)
    Keyring(rung.connect(), Master(MASTER), SeededEntropy(2)).close()
    assert not untidy(ring)


def test_while_somebody_reads_the_keyring_it_is_not_said_to_be_tidy(ring: Keyring, rung: Rung) -> None:
    made(ring, "s1", "s2")
    rung.give_up_at_once(ring._db)
    with closing(rung.connect()) as reader:
        reader.begin_reading()
        reader.all("SELECT * FROM data_key")
        ring.shred_stream("s1")
        with pytest.raises(TransientError):
            ring.tidy()
        reader.rollback()
    ring.tidy()
    assert not untidy(ring)


def untidy(ring: Keyring) -> bool:
    return ring._db.one("SELECT * FROM untidy") is not None


def test_what_is_not_there_is_not_shredded(ring: Keyring) -> None:
    assert ring.shred_person("nobody") == 0
    assert ring.shred_stream("nothing") == 0


def test_relinked_keys_are_shredded_with_the_person_they_belong_to_now(ring: Keyring) -> None:
    made(ring, "s1", person="lost")
    session = ring.session("us")
    session.relink(["s1"], "kept")
    session.flush(0, 1)
    assert ring.shred_person("lost") == 0
    assert ring.shred_person("kept") == 1


def test_a_flush_whose_commit_never_came_is_undone(ring: Keyring) -> None:
    session = ring.session("us")
    session.key_for("exists", "person")
    session.add_blind(b"blind", "person")
    session.flush(0, 1)
    begun = ring.session("us")
    begun.key_for("orphan", "nobody")
    begun.add_blind(b"blind", "nobody")
    begun.add_blind(b"new", "nobody")
    begun.relink(["exists"], "nobody")
    begun.flush(1, 2)
    assert ring.settle("us", 1, lambda: {"exists": "person"}) == 1
    assert [ring.key_of_stream(stream) is not None for stream in ("exists", "orphan")] == [True, False]
    assert [ring.person_of(hmac) for hmac in (b"blind", b"new")] == ["person", None]
    assert ring.shred_person("person") == 1


def test_a_flush_whose_commit_came_stands(ring: Keyring) -> None:
    session = ring.session("us")
    session.key_for("exists", "person")
    session.add_blind(b"blind", "person")
    session.flush(6, 7)
    assert ring.settle("us", 7, dict) == 0
    assert ring.key_of_stream("exists") is not None
    assert ring.person_of(b"blind") == "person"


def test_another_services_flush_is_its_own(ring: Keyring) -> None:
    session = ring.session("them")
    session.key_for("theirs", None)
    session.add_blind(b"blind", "person")
    session.flush(8, 9)
    made(ring, "orphan")
    assert ring.settle("us", 0, dict) == 1
    assert ring.key_of_stream("theirs") is not None
    assert ring.person_of(b"blind") == "person"


def test_what_was_undone_is_not_remembered_nor_undone_again(ring: Keyring, opened: Open) -> None:
    made(ring, "orphan")
    assert [ring.settle("us", 0, dict), ring.settle("us", 0, dict)] == [1, 0]
    assert opened().key_of_stream("orphan") is None


def test_undoing_does_not_bring_back_the_way_to_somebody_who_was_shredded(ring: Keyring) -> None:
    session = ring.session("us")
    session.add_blind(b"the way to them", "person")
    session.flush(0, 1)
    begun = ring.session("us")
    begun.add_blind(b"the way to them", "nobody")
    begun.flush(1, 2)
    ring.shred_person("person")
    ring.settle("us", 1, dict)
    assert ring.person_of(b"the way to them") is None


def test_a_view_stream_is_wrapped_for_its_party_and_opens_with_no_others_key(ring: Keyring) -> None:
    (key_id,) = made(ring, "v1", party="act-kronstad")
    wrapped = ring._db.all("SELECT wrapped FROM data_key")[0][0]
    assert crypto.unwrap(ring.kek("act-kronstad"), key_id, wrapped) == ring.key(key_id).secret
    for other in ("", "dps-kronstad"):
        with pytest.raises(InvalidMessage):
            crypto.unwrap(ring.kek(other), key_id, wrapped)


def test_a_keyring_that_was_lent_opens_what_it_was_given_and_undoes_nothing(ring: Keyring, rung: Rung) -> None:
    (ours,), (theirs,) = (made(ring, f"v-{party}", party=party) for party in ("act-kronstad", "dps-kronstad"))
    given = Master(MASTER).given("helse-bergen", ["act-kronstad"])
    with closing(LentKeyring(rung.connect(), given, SeededEntropy(2))) as lent:
        assert lent.key(ours).secret == ring.key(ours).secret
        for asked in (partial(lent.key, theirs), partial(lent.key_of_stream, "v-dps-kronstad")):
            with pytest.raises(NotAllowed, match="do not open this"):
                asked()
        assert lent.settle("us", 0, dict) == 0
    assert ring.key(theirs).secret


def test_another_master_secret_opens_nothing(ring: Keyring, opened: Open) -> None:
    (key_id,) = made(ring, "s1")
    with pytest.raises(InvalidMessage, match="not the master secret of this keyring"):
        opened(master=b"x" * 32)
    assert opened().key(key_id).secret


def test_wrapped_under_another_master_secret_everything_is_as_it_was_and_the_old_one_opens_nothing(
    opened: Open, rung: Rung
) -> None:
    with closing(Keyring(rung.connect(), Master(MASTER), SeededEntropy(1))) as ring:
        (ours,), (theirs,) = made(ring, "s1"), made(ring, "v1", party="act-kronstad")
        session = ring.session("us")
        session.add_blind(ring.blind("01810112345", "FNR", ""), "person")
        session.flush(1, 2)
        before = ring.key(ours).secret, ring.key(theirs).secret, ring.fingerprint("a")
        passing, wrapped = ring.passing("a"), [row[0] for row in ring._db.all("SELECT wrapped FROM data_key")]
        assert rung.in_files(*wrapped)
        assert [ring.rewrap(Master(secret)) for secret in (b"n" * 32, NEW)] == [2, 2]
    assert not rung.in_files(*wrapped)
    for gone in (MASTER, b"n" * 32):
        with pytest.raises(InvalidMessage, match="not the master secret of this keyring"):
            opened(master=gone)
    again = opened(master=NEW)
    assert (again.key(ours).secret, again.key(theirs).secret, again.fingerprint("a")) == before
    assert again.person_of(again.blind("01810112345", "FNR", "")) == "person"
    assert again.passing("a") != passing
    for master, opens in ((MASTER, False), (NEW, True)):
        given = Master(master).given("helse-bergen", ["act-kronstad"])
        if not opens:
            with closing(rung.connect()) as db, pytest.raises(InvalidMessage, match="another keyring"):
                LentKeyring(db, given, SeededEntropy(2))
            continue
        with closing(LentKeyring(rung.connect(), given, SeededEntropy(2))) as lent:
            assert lent.key(theirs).secret == before[1]


def test_a_key_that_does_not_open_is_not_wrapped_anew_and_neither_is_any_other(ring: Keyring, opened: Open) -> None:
    (key_id, _) = made(ring, "s1", "s2")
    ring._db.run("UPDATE data_key SET wrapped = ? WHERE stream = 's2'", (b"x" * 60,))
    with pytest.raises(InvalidMessage, match="does not open"):
        ring.rewrap(Master(NEW))
    with pytest.raises(InvalidMessage, match="already"):
        ring.rewrap(Master(MASTER))
    assert opened().key(key_id).secret == ring.key(key_id).secret


def test_what_would_not_open_afterwards_is_undone(ring: Keyring, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    (key_id,) = made(ring, "s1")
    monkeypatch.setattr(rewrapping, "wrap", lambda kek, name, _key, nonce: crypto.wrap(kek, name, b"o" * 32, nonce))
    with pytest.raises(InvalidMessage, match="would not be the same"):
        ring.rewrap(Master(NEW))
    assert opened().key(key_id).secret == ring.key(key_id).secret


def test_two_sessions_that_make_a_key_for_one_stream_do_not_both_get_through(ring: Keyring) -> None:
    first, second = ring.session("us"), ring.session("us")
    first.key_for("s1", None)
    second.key_for("s1", None)
    first.flush(0, 1)
    with pytest.raises(Exception, match=r"(?i)unique"):
        second.flush(0, 1)


def test_a_failed_flush_leaves_the_keyring_as_it_was(ring: Keyring) -> None:
    made(ring, "s1")
    session = KeySession(ring, "us", _rows=[("k", "us", "fresh", None, "", b""), ("k2", "us", "s1", None, "", b"")])
    with pytest.raises(Exception, match=r"(?i)unique"):
        session.flush(0, 1)
    assert ring.key_of_stream("fresh") is None


def test_another_master_secret_is_refused_when_there_is_no_key_yet(opened: Open) -> None:
    opened()
    with pytest.raises(InvalidMessage, match=r"not the master secret of this keyring.*Restore"):
        opened(b"x" * 32)
    opened()


def test_a_keyring_from_before_there_was_a_proof_proves_its_secret_by_a_key(rung: Rung, opened: Open) -> None:
    (key_id,) = made(opened(), "s1")
    with closing(rung.connect()) as db:
        db.run("DROP TABLE secret_proof")
        db.run("DROP TABLE lasting_secret")
        db.run("UPDATE alembic_version SET version_num = '0002'")
    with pytest.raises(InvalidMessage, match="not the master secret of this keyring"):
        opened(b"x" * 32)
    with closing(rung.connect()) as db:
        assert not db.has_table("secret_proof")
    assert opened().key(key_id).secret
    with closing(rung.connect()) as db:
        db.run("DELETE FROM data_key")
    with pytest.raises(InvalidMessage, match="not the master secret of this keyring"):
        opened(b"x" * 32)
