"""From a solved thread to a guide: chosen posts are placed into the content standard, credited and linked."""

from __future__ import annotations

from collections.abc import Mapping

from forum.audit import services as audit
from forum.core.content import SourcePost, SourceThread
from forum.core.errors import Conflict, Denied, Invalid
from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.sections import Section
from forum.library.services.texts import GuideText
from forum.library.services.writing import MAX_TAGS, add_source, start_guide
from forum.privacy.services.personal import NO_OVERRIDE, Override


def suggested_section(post: SourcePost) -> str:
    """Where a post usually goes: the question is the situation, what solved it the steps; others nowhere of themselves."""
    if post.is_opening:
        return Section.SITUATION
    return Section.STEPS if post.is_solution else ""


def placed(thread: SourceThread, places: Mapping[int, str]) -> dict[str, str]:
    """The sections filled from the posts that `places` (post id -> section) names, each with its author and a link."""
    sections: dict[str, list[str]] = {}
    for post in thread.posts:
        section = places.get(post.id, "")
        if section in set(Section):
            credit = _(
                "Dari %(name)s, [kiriman %(number)d](%(url)s)", name=post.author, number=post.number, url=post.url
            )
            sections.setdefault(section, []).append(f"{post.body}\n\n*{credit}*")
    return {section: "\n\n".join(parts) for section, parts in sections.items()}


def promote(
    actor: Viewer,
    thread: SourceThread,
    chosen: Mapping[int, int],
    text: GuideText,
    override: Override = NO_OVERRIDE,
) -> tuple[int, int]:
    """A draft guide from the posts in `chosen` (post id -> the version that the curator read); the ids of guide and draft.

    Raises Denied, Invalid (nothing chosen), PersonalData (unless `override` explains it), Conflict (a post was edited meanwhile).
    """
    if reason := policy.refuse_curating(actor):
        raise Denied(reason)
    posts = {post.id: post for post in thread.posts}
    if not chosen or not set(chosen) <= set(posts):
        raise Invalid(_("Pilih sedikitnya satu kiriman dari diskusi ini."))
    changed = [posts[post_id] for post_id, version in chosen.items() if posts[post_id].version != version]
    if changed:
        numbers = ", ".join(str(post.number) for post in changed)
        raise Conflict(_("Kiriman %(numbers)s disunting sejak Anda membacanya. Periksa lagi isinya.", numbers=numbers))
    guide_id, revision_id = start_guide(
        actor, text, unit_id=thread.unit_id, tags=thread.tags[:MAX_TAGS], override=override
    )
    for post_id in chosen:
        post = posts[post_id]
        add_source(guide_id, thread.id, None if post.is_opening else post_id)
    audit.record(actor, "guide.promote", "guide", guide_id, after={"thread": thread.id, "posts": sorted(chosen)})
    return guide_id, revision_id
