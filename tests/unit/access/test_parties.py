"""Who may act for which party, in which role."""

import pytest

from bindeledd.access.parties import (
    Directory,
    DirectoryError,
    Party,
    Post,
    Role,
    User,
    directory,
    may,
    posts_of,
    require_post,
    sees,
    users_in,
)
from bindeledd.core.errors import NotAllowed

SHOP = Party("shop-north", "Shop north", "shop", "chain")
BANK = Party("bank", "Bank", "bank", "bank")
CLERK = Role("clerk", "Clerk", frozenset({"shop"}), frozenset({"order.exists", "stock.*"}), frozenset({"order.take"}))
ADA = User("u-1", "Ada Test", (Post("shop-north", "clerk"),))


def made() -> Directory:
    return directory([SHOP, BANK], [CLERK], [ADA, User("u-2", "Bo Test", ())])


def test_a_user_acts_in_a_post_that_they_hold() -> None:
    assert require_post(made(), "u-1", Post("shop-north", "clerk")) == ADA


@pytest.mark.parametrize(
    ("user", "post"),
    [
        ("u-1", Post("bank", "clerk")),
        ("u-1", Post("shop-north", "boss")),
        ("u-2", Post("shop-north", "clerk")),
        ("u-9", Post("shop-north", "clerk")),
    ],
)
def test_nobody_acts_in_a_post_that_they_do_not_hold(user: str, post: Post) -> None:
    with pytest.raises(NotAllowed):
        require_post(made(), user, post)


def test_a_role_does_what_it_names_and_nothing_else() -> None:
    assert may(made(), Post("shop-north", "clerk"), "order.take")
    assert not may(made(), Post("shop-north", "clerk"), "order.drop")


def test_a_role_has_no_power_in_a_party_of_another_kind() -> None:
    assert not may(made(), Post("bank", "clerk"), "order.take")
    assert not sees(made(), Post("bank", "clerk"), "order.exists")


def test_a_role_sees_the_parts_it_names_and_every_part_of_a_table_it_names() -> None:
    post = Post("shop-north", "clerk")
    assert sees(made(), post, "order.exists")
    assert not sees(made(), post, "order.price")
    assert sees(made(), post, "stock.count")
    assert not sees(made(), post, "stockroom.count")


def test_a_party_has_the_posts_of_its_kind_only() -> None:
    assert posts_of(made(), "shop-north") == (Post("shop-north", "clerk"),)
    assert posts_of(made(), "bank") == ()
    assert posts_of(made(), "nowhere") == ()


def test_those_who_hold_a_post_are_found() -> None:
    assert users_in(made(), Post("shop-north", "clerk")) == (ADA,)
    assert users_in(made(), Post("bank", "clerk")) == ()


@pytest.mark.parametrize(
    ("post", "what"),
    [
        (Post("shop-south", "clerk"), "no party 'shop-south'"),
        (Post("shop-north", "boss"), "no role 'boss'"),
        (Post("bank", "clerk"), "does not exist in bank"),
    ],
)
def test_a_user_in_a_post_that_cannot_exist_is_refused(post: Post, what: str) -> None:
    with pytest.raises(DirectoryError, match=what):
        directory([SHOP, BANK], [CLERK], [User("u-3", "Cato Test", (post,))])


def test_a_role_that_no_party_can_hold_is_refused() -> None:
    with pytest.raises(DirectoryError, match="role clerk"):
        directory([BANK], [CLERK], [])
