"""The list of watched words."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.forms import text_of
from forum.core.i18n import _
from forum.core.web import flash, see_other
from forum.moderation import policy
from forum.moderation.addresses import WORDS
from forum.moderation.forms import WordsForm
from forum.moderation.services import words as services
from forum.moderation.views.cases import Page, caught


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule(WORDS, view_func=words, methods=["GET", "POST"])


def words() -> Page:
    actor = viewer()
    policy.require_words(actor)
    form = WordsForm()
    status = 200
    if request.method == "POST":
        ratelimit.hit(ratelimit.ACT, actor.id)

        def do() -> Response:
            with transaction():
                services.save_words(actor, text_of(form.words.data), text_of(form.version.data))
            flash(_("Daftar tersimpan. Tulisan berikutnya sudah diperiksa dengannya."))
            return see_other(WORDS)

        done, status = caught(form, do)
        if done:
            return done
    current = services.watched_words()
    form.version.data = services.version_of(current)
    if request.method == "GET":
        form.words.data = "\n".join(current)
    return render_template("moderation/words.html", form=form, listed=current), status
