"""Understands who may act for which party, in which role. Knows nothing of what the parties do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bindeledd.core.errors import BindeleddError, NotAllowed

WHOLE = ".*"
"""`plan.*` in a role's `sees` means every part of `plan`."""


class DirectoryError(BindeleddError):
    """Parties, roles and users do not fit together. The message names the ids and says what to change."""


@dataclass(frozen=True, slots=True)
class Party:
    """One unit that gets views of its own. `kind` decides which roles exist there."""

    id: str
    name: str
    kind: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Role:
    """What someone in this role may see (parts of views) and may do (acts), in parties of these kinds."""

    id: str
    name: str
    kinds: frozenset[str]
    sees: frozenset[str]
    may: frozenset[str]


@dataclass(frozen=True, slots=True)
class Post:
    """A role in a party."""

    party: str
    role: str


@dataclass(frozen=True, slots=True)
class User:
    """A person who works somewhere, or a citizen. A user acts in one post at a time."""

    id: str
    name: str
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """Everyone who can be shown something, by id. Made by `directory`, which refuses what does not fit together."""

    parties: Mapping[str, Party]
    roles: Mapping[str, Role]
    users: Mapping[str, User]
    holders: Mapping[Post, tuple[User, ...]]
    """Who holds each post; a post that nobody holds is not here."""


def directory(parties: Iterable[Party], roles: Iterable[Role], users: Iterable[User]) -> Directory:
    """Puts the lists together. Raises DirectoryError for a role no party can hold and for a post that cannot exist."""
    known = {user.id: user for user in users}
    holders: dict[Post, tuple[User, ...]] = {}
    for user in known.values():
        for post in dict.fromkeys(user.posts):
            holders[post] = (*holders.get(post, ()), user)
    made = Directory(
        MappingProxyType({party.id: party for party in parties}),
        MappingProxyType({role.id: role for role in roles}),
        MappingProxyType(known),
        MappingProxyType(holders),
    )
    kinds = {party.kind for party in made.parties.values()}
    for role in made.roles.values():
        if not role.kinds & kinds:
            raise DirectoryError(f"role {role.id}: no party is of its kinds {sorted(role.kinds)}. Add one, or drop it")
    for user in made.users.values():
        for post in user.posts:
            _check_post(made, user, post)
    return made


def _check_post(made: Directory, user: User, post: Post) -> None:
    party, role = made.parties.get(post.party), made.roles.get(post.role)
    if party is None:
        raise DirectoryError(f"user {user.id}: there is no party {post.party!r}. Use the id of a party")
    if role is None:
        raise DirectoryError(f"user {user.id}: there is no role {post.role!r}. Use one of {sorted(made.roles)}")
    if party.kind not in role.kinds:
        raise DirectoryError(f"user {user.id}: role {role.id} does not exist in {party.id}, which is a {party.kind}")


def posts_of(made: Directory, party_id: str) -> tuple[Post, ...]:
    """The posts that exist in a party, by role id. Empty when there is no such party."""
    party = made.parties.get(party_id)
    if party is None:
        return ()
    return tuple(Post(party.id, role.id) for role in made.roles.values() if party.kind in role.kinds)


def users_in(made: Directory, post: Post) -> tuple[User, ...]:
    """Who holds a post."""
    return made.holders.get(post, ())


def require_post(made: Directory, user_id: str, post: Post) -> User:
    """The user, when they hold the post. Raises NotAllowed, without saying which of the two was unknown."""
    user = made.users.get(user_id)
    if user is None or post not in user.posts:
        raise NotAllowed(f"this user does not act as {post.role} for {post.party}. Choose a role that they have")
    return user


def refuse_other(made: Directory, organisation: str, party_id: str) -> None:
    """Raises NotAllowed when somebody of an organisation speaks for a party of another one."""
    party = made.parties.get(party_id)
    if party is not None and party.organisation != organisation:
        raise NotAllowed(f"{party_id} is no party of {organisation}. Ask for one of its own")


def may(made: Directory, post: Post, act: str) -> bool:
    """Whether someone in this post may do `act`. A post that cannot exist may do nothing."""
    role = _role(made, post)
    return role is not None and act in role.may


def sees(made: Directory, post: Post, part: str) -> bool:
    """Whether someone in this post may see `part` of what their party has been given (`plan.finnes`)."""
    role = _role(made, post)
    return role is not None and (part in role.sees or part.partition(".")[0] + WHOLE in role.sees)


def _role(made: Directory, post: Post) -> Role | None:
    party, role = made.parties.get(post.party), made.roles.get(post.role)
    if party is None or role is None or party.kind not in role.kinds:
        return None
    return role
