"""What moderators can do about people, offered as acts: the rules are those of `accounts`, which knows nothing of moderation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forum.accounts.services import restraining
from forum.accounts.services.restraining import Restrained
from forum.core.i18n import lazy
from forum.core.viewer import Viewer
from forum.moderation import acts
from forum.moderation.acts import Act, Done, Field


def register() -> None:
    """Offer warning and suspending; in the order in which they are shown."""
    for act in _ACTS:
        acts.register(act)


def _warn(actor: Viewer, user_id: int, values: Mapping[str, Any]) -> Done:
    done = restraining.warn(actor, user_id, str(values.get("reason", "")))
    return _done(done, {"warning": done.warning}, {}, {"warning": done.warning})


def _unwarn(actor: Viewer, undo: Mapping[str, Any]) -> None:
    restraining.withdraw_warning(actor, int(undo["warning"]))


def _suspend(actor: Viewer, user_id: int, values: Mapping[str, Any]) -> Done:
    return _suspended(restraining.suspend(actor, user_id, str(values.get("days", "")), str(values.get("reason", ""))))


def _end(actor: Viewer, user_id: int, values: Mapping[str, Any]) -> Done:
    return _suspended(restraining.end_suspension(actor, user_id))


def _suspended(done: Restrained) -> Done:
    kept = {"user": done.user_id, "before": done.before, "after": done.after}
    return _done(done, kept, {"until": done.before[0]}, {"until": done.after[0]})


def _as_before(actor: Viewer, undo: Mapping[str, Any]) -> None:
    before, after = tuple(undo["before"]), tuple(undo["after"])
    restraining.suspend_as_before(actor, int(undo["user"]), before, after)


def _done(done: Restrained, undo: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> Done:
    return Done(undo, (done.user_id,), done.name, f"/profil/{done.username}", before, after)


_ACTS = (
    Act(
        "user.warn",
        "user",
        lazy("Peringatkan"),
        lazy("Moderator mengingatkan Anda. Halaman berikutnya yang Anda buka memuat peringatannya."),
        _warn,
        _unwarn,
    ),
    Act(
        "user.suspend",
        "user",
        lazy("Tangguhkan untuk sementara"),
        lazy("Akun Anda ditangguhkan untuk sementara: Anda tetap dapat membaca, tetapi belum dapat menulis."),
        _suspend,
        _as_before,
        fields=(Field("days", lazy("Berapa hari?"), "number", lazy("Dari 1 sampai 365 hari."), "7"),),
    ),
    Act(
        "user.unsuspend",
        "user",
        lazy("Akhiri penangguhan"),
        lazy("Penangguhan akun Anda berakhir. Anda dapat menulis lagi."),
        _end,
        _as_before,
    ),
)
