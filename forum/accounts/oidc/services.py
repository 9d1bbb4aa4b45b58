"""Whom the provider's word lets in: finding, linking and making accounts, and ending their sessions."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from forum.accounts import queries, tokens
from forum.accounts.models import OneTimeLink, User, UserSession
from forum.accounts.oidc.claims import Asserted, Rules
from forum.accounts.oidc.errors import Refused
from forum.accounts.oidc.models import ProviderSession, SpentToken, UserIdentity
from forum.accounts.services.notices import tell
from forum.accounts.services.people import snapshot
from forum.accounts.services.sessions import end_sessions
from forum.audit import services as audit
from forum.core import clock
from forum.core.db import db, insert, rows_changed
from forum.core.errors import Conflict, Denied, Invalid, NotFound
from forum.core.i18n import lazy
from forum.core.viewer import SYSTEM, Role, Viewer

MOST_NUMBERS = 50


def enter(person: Asserted, rules: Rules) -> int:
    """The id of the active account of `person`, found, linked or made, with role and unit as the provider says.

    Raises Refused when there is none to come in by, Conflict when another request made it at this moment.
    """
    identity = _identity(person)
    user = _known(identity, person) if identity else _newly_linked(person, rules) or _made(person, rules)
    if not user.is_active:
        raise Refused(
            "disabled", lazy("Akun Rembuk Anda dinonaktifkan. Hubungi admin Rembuk di perangkat daerah Anda.")
        )
    _apply(user, person)
    return user.id


def link(actor: Viewer, person: Asserted) -> None:
    """Link the account of `actor`, who is signed in and proved to be `person` as well. Raises Refused, Conflict."""
    if actor.id is None:
        raise Denied
    identity = _identity(person)
    if identity is not None:
        if identity.user_id != actor.id:
            raise Refused("linked_elsewhere", lazy("Akun SSO ini sudah terhubung dengan akun Rembuk lain."))
        return
    user = db.session.get_one(User, actor.id)
    _connect(user, person, actor, "user.sso_link")
    tell(user.id, "sso_linked")


def unlink(actor: Viewer, issuer: str, *, token: str | None) -> bool:
    """Let the provider no longer open one's account; tells whether it could. Sessions that it opened end, but for that of `token`.

    Raises Invalid when the person has no password: they could not come in again.
    """
    user = db.session.get(User, actor.id)
    if user is None:
        raise Denied
    if user.password_hash is None:
        raise Invalid(
            lazy("Buat kata sandi dahulu (minta tautan kepada admin): tanpa itu Anda tidak dapat masuk lagi.")
        )
    identity = db.session.scalar(
        select(UserIdentity).where(UserIdentity.user_id == user.id, UserIdentity.issuer == issuer)
    )
    if identity is None:
        return False
    opened = select(ProviderSession.session_id).where(ProviderSession.identity_id == identity.id)
    others = UserSession.token_hash != tokens.digest(token or "")
    db.session.execute(delete(UserSession).where(UserSession.id.in_(opened), others))
    db.session.execute(delete(UserIdentity).where(UserIdentity.id == identity.id))
    audit.record(actor, "user.sso_unlink", "user", user.id, before={"issuer": issuer})
    tell(user.id, "sso_unlinked")
    return True


def _identity(person: Asserted) -> UserIdentity | None:
    return db.session.scalar(
        select(UserIdentity).where(UserIdentity.issuer == person.issuer, UserIdentity.subject == person.subject)
    )


def _known(identity: UserIdentity, person: Asserted) -> User:
    identity.last_used_at = clock.now()
    return db.session.get_one(User, identity.user_id)


def _newly_linked(person: Asserted, rules: Rules) -> User | None:
    """The account that has the person's address, if it may be linked by that; None when nobody has it."""
    user = db.session.scalar(select(User).where(User.email == person.email)) if person.email else None
    if user is None:
        return None
    taken = db.session.scalar(
        select(UserIdentity.id).where(UserIdentity.user_id == user.id, UserIdentity.issuer == person.issuer)
    )
    if not rules.links_by_email or taken is not None:
        raise Refused(
            "email_taken",
            lazy(
                "Alamat surel Anda sudah dipakai sebuah akun Rembuk yang belum terhubung dengan SSO. Hubungi admin Rembuk; bila "
                "Anda dapat masuk dengan kata sandi, hubungkan sendiri di Pengaturan."
            ),
        )
    _connect(user, person, Viewer(id=user.id), "user.sso_link_by_email")
    tell(user.id, "sso_linked")
    return user


def _made(person: Asserted, rules: Rules) -> User:
    """A new account. Raises Refused without a name or an address that is known to be the person's."""
    if not rules.creates:
        raise Refused(
            "no_account", lazy("Anda belum punya akun Rembuk. Mintalah kepada admin Rembuk di perangkat daerah Anda.")
        )
    if not person.email:
        raise Refused(
            "no_email",
            lazy(
                "SSO tidak memberi alamat surel Anda yang sudah terverifikasi, jadi akun tidak dapat dibuat. Lengkapi dan verifikasi "
                "surel Anda di SSO, atau hubungi pengelola SSO."
            ),
        )
    user = User(
        username=_free_username(person),
        email=person.email,
        name=person.name or person.email.split("@")[0],
        role=Role.MEMBER,
        created_at=clock.now(),
    )
    db.session.add(user)
    _flush()
    _connect(user, person, SYSTEM, "user.sso_create", after=snapshot(user))
    return user


def _free_username(person: Asserted) -> str:
    for name in _tries(person):
        if db.session.scalar(select(User.id).where(User.username == name)) is None:
            return name
    return f"pegawai-{secrets.token_hex(6)}"


def _tries(person: Asserted) -> Iterator[str]:
    yield from person.usernames
    for number in range(2, MOST_NUMBERS):
        yield from (f"{name}{number}" for name in person.usernames[:1])


def _connect(
    user: User, person: Asserted, actor: Viewer, action: str, *, after: dict[str, object] | None = None
) -> None:
    now = clock.now()
    db.session.add(
        UserIdentity(user_id=user.id, issuer=person.issuer, subject=person.subject, created_at=now, last_used_at=now)
    )
    _flush()
    audit.record(actor, action, "user", user.id, after={**(after or {}), "issuer": person.issuer})


def _flush() -> None:
    try:
        db.session.flush()
    except IntegrityError:  # its message would repeat the address
        raise Conflict(
            lazy(
                "Akun ini baru saja dibuat atau dihubungkan di jendela lain, atau sudah terhubung dengan akun SSO lain."
            )
        ) from None


def _apply(user: User, person: Asserted) -> None:
    """Role and unit as the provider says; in the log if that changes anything."""
    before = snapshot(user)
    if person.role is not None and person.role != user.role:
        user.role, user.moderated_boards = person.role, None
    user.unit_id = _unit(person) or user.unit_id
    after = snapshot(user)
    differing = [name for name in after if before[name] != after[name]]
    if differing:
        db.session.flush()
        audit.record(
            SYSTEM,
            "user.sso_update",
            "user",
            user.id,
            before={name: before[name] for name in differing},
            after={name: after[name] for name in differing},
        )


def _unit(person: Asserted) -> int | None:
    """The unit in use that the claims name, by slug, name or old name; None when they name none, or no single one."""
    if not person.units:
        return None
    units = tuple(unit for unit in queries.all_units() if unit.is_active)
    for name in person.units:
        try:
            return queries.find_unit(units, name)
        except Invalid:
            continue
    return None


def bind_session(token: str, issuer: str, subject: str, sid: str | None, sealed_id_token: str) -> None:
    """Note which session at the provider the new session of `token` belongs to, so that its end ends ours.

    Raises Denied when the session is not that of the person whom the provider means.
    """
    found = db.session.execute(
        select(UserSession.id, UserIdentity.id)
        .join(UserIdentity, UserIdentity.user_id == UserSession.user_id)
        .where(
            UserSession.token_hash == tokens.digest(token),
            UserIdentity.issuer == issuer,
            UserIdentity.subject == subject,
        )
    ).one_or_none()
    if found is None:
        raise Denied
    db.session.add(ProviderSession(session_id=found[0], identity_id=found[1], sid=sid, id_token=sealed_id_token))
    db.session.flush()


def end_sessions_at(issuer: str, *, subject: str | None, sid: str | None) -> int:
    """The provider says that somebody signed out there: end our sessions that belong to it; returns how many.

    With `sid` those of that session, otherwise all that the provider opened for `subject`.
    """
    theirs = (
        select(ProviderSession.session_id)
        .join(UserIdentity, UserIdentity.id == ProviderSession.identity_id)
        .where(UserIdentity.issuer == issuer)
    )
    if subject is not None:
        theirs = theirs.where(UserIdentity.subject == subject)
    if sid is not None:
        theirs = theirs.where(ProviderSession.sid == sid)
    if subject is None and sid is None:
        return 0
    ended = db.session.execute(
        delete(UserSession).where(UserSession.id.in_(theirs)).returning(UserSession.user_id)
    ).scalars()
    people = list(ended)
    for user_id in sorted(set(people)):
        audit.record(SYSTEM, "user.sso_logout", "user", user_id, after={"ended": people.count(user_id)})
    return len(people)


def spend(digest: str, lifetime: timedelta) -> bool:
    """Use up what may be used once; False when it was used before (also by a request that was a moment faster)."""
    spent = db.session.scalar(
        insert(db.session(), SpentToken)
        .values(digest=digest, expires_at=clock.now() + lifetime)
        .on_conflict_do_nothing(index_elements=["digest"])
        .returning(SpentToken.digest)
    )
    return spent is not None


def forget_spent() -> int:
    """Remove what has expired anyway; returns how many."""
    return rows_changed(db.session.execute(delete(SpentToken).where(SpentToken.expires_at < clock.now())))


def enter_by_link(token: str) -> int:
    """Use up an operator's emergency link; the id of its person, whose other sessions end. Raises NotFound."""
    user_id = db.session.scalar(
        update(OneTimeLink)
        .where(
            OneTimeLink.token_hash == tokens.digest(token),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > clock.now(),
        )
        .values(used_at=clock.now())
        .returning(OneTimeLink.user_id)
    )
    active = db.session.scalar(select(User.id).where(User.id == user_id, User.is_active))
    if active is None:
        raise NotFound
    end_sessions(active)
    audit.record(Viewer(id=active), "user.emergency_sign_in", "user", active)
    tell(active, "emergency")
    return active
