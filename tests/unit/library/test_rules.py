"""The rules of the library, one by one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.content import source_thread
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Denied, Invalid, NotFound
from forum.core.outbox import OutboxRow
from forum.core.viewer import Viewer
from forum.discussions.models import Post
from forum.library import policy
from forum.library.models import Acknowledgement, Guide, GuideSource, GuideUse
from forum.library.queries import desk, guides, history, lists, searching
from forum.library.queries.records import guide_for
from forum.library.queries.shapes import Badge
from forum.library.services import (
    citing,
    collecting,
    due,
    flagging,
    keeping,
    promoting,
    reading,
    redacting,
    reviewing,
    writing,
)
from forum.library.services.reviews import next_review
from forum.search.documents import Status
from tests.conftest import NOW
from tests.factories.accounts import a_member, a_moderator, a_unit, an_admin, viewer_for
from tests.factories.discussions import a_board, a_reply, a_thread, delete, fresh
from tests.factories.guides import (
    a_change,
    a_draft,
    a_guide,
    a_guide_text,
    a_pending,
    approved,
    guide,
    revision,
    submitted,
)

pytestmark = pytest.mark.usefixtures("app")


def do(verb, actor: User, *arguments, **more):
    with transaction():
        return verb(viewer_for(actor), *arguments, **more)


def audited(action: str) -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


class TestReview:
    def test_an_author_cannot_approve_even_as_an_admin(self) -> None:
        admin = an_admin()
        pending = a_pending(admin)
        with pytest.raises(Denied):
            do(reviewing.approve, admin, pending.id, pending.version, validates=True)
        assert revision(pending.id).state == "pending"

    def test_an_author_who_was_a_moderator_and_is_no_more_still_gets_their_text_reviewed(self) -> None:
        author = a_moderator()
        pending = a_pending(author)
        with transaction():
            db.session.get_one(User, author.id).role = "member"
        assert approved(pending).state == "published"

    def test_a_curator_who_mends_a_pending_text_cannot_approve_it_but_another_can(self) -> None:
        first, second = a_moderator(), a_moderator()
        pending = a_pending()
        do(reviewing.edit_pending, first, pending.id, pending.version, a_guide_text("Judul yang diperbaiki kurator"))
        mended = revision(pending.id)
        with pytest.raises(Denied):
            do(reviewing.approve, first, mended.id, mended.version, validates=True)
        done = approved(mended, second)
        assert guide(done.guide_id).title == "Judul yang diperbaiki kurator"

    def test_the_second_of_two_decisions_is_told_what_happened(self) -> None:
        pending = a_pending()
        do(reviewing.send_back, a_moderator(), pending.id, pending.version, "Langkahnya kurang.")
        with pytest.raises(Conflict, match="Langkahnya kurang"):
            do(reviewing.approve, a_moderator(), pending.id, pending.version, validates=True)

    def test_a_decision_about_an_older_text_is_refused(self) -> None:
        pending = a_pending()
        read = pending.version
        do(reviewing.edit_pending, a_moderator(), pending.id, read, a_guide_text())
        with pytest.raises(Conflict):
            do(reviewing.approve, a_moderator(), pending.id, read, validates=True)

    def test_a_refusal_needs_a_reason(self) -> None:
        pending = a_pending()
        for verb in (reviewing.send_back, reviewing.reject):
            with pytest.raises(Invalid) as refused:
                do(verb, a_moderator(), pending.id, pending.version, " ")
            assert refused.value.field == "reason"

    def test_members_decide_nothing(self) -> None:
        pending = a_pending()
        with pytest.raises((Denied, NotFound)):
            do(reviewing.approve, a_member(), pending.id, pending.version, validates=True)

    def test_only_one_revision_is_pending_at_a_time(self) -> None:
        published, one, other = a_guide(), a_member(), a_member()
        submitted(a_change(published, one), one)
        draft = a_change(published, other)
        with pytest.raises(Conflict, match="masih menunggu"):
            submitted(draft, other)
        assert revision(draft.id).state == "draft"

    def test_a_change_that_was_begun_before_the_last_publication_says_so_and_can_be_sent_knowingly(self) -> None:
        published, one, other = a_guide(), a_member(), a_member()
        draft = a_change(published, other)
        approved(submitted(a_change(published, one), one))
        with pytest.raises(Conflict, match="versi baru"):
            submitted(draft, other)
        draft = revision(draft.id)
        do(writing.submit, other, draft.id, draft.version, change="Disesuaikan.", significance="minor", base=3)
        assert revision(draft.id).based_on == 3

    def test_what_is_published_stays_visible_while_a_change_waits(self) -> None:
        published, author = a_guide(text=a_guide_text("Judul yang berlaku sekarang")), a_member()
        submitted(a_change(published, author, a_guide_text("Judul yang diusulkan nanti")), author)
        page = guides.guide_page(viewer_for(a_member()), published.slug)
        assert page.title == "Judul yang berlaku sekarang"

    def test_decisions_are_in_the_audit_log(self) -> None:
        pending = a_pending()
        approved(pending)
        assert [entry.after["revision"] for entry in audited("guide.approve")] == [1]


class TestDrafts:
    def test_a_draft_is_seen_by_its_author_and_curators_only(self) -> None:
        author = a_member()
        draft = a_draft(author)
        for reader in (author, a_moderator(), an_admin()):
            assert guide_for(viewer_for(reader), draft.guide_id)
        with pytest.raises(NotFound):
            guide_for(viewer_for(a_member()), draft.guide_id)

    def test_saving_an_older_state_is_refused_and_changes_nothing(self) -> None:
        author = a_member()
        draft = a_draft(author)
        read = draft.version
        do(writing.save, author, draft.id, read, a_guide_text("Yang pertama disimpan ya"))
        with pytest.raises(Conflict):
            do(writing.save, author, draft.id, read, a_guide_text("Yang kedua disimpan ya"))
        assert revision(draft.id).title == "Yang pertama disimpan ya"

    def test_what_is_typed_is_kept_beside_the_draft(self) -> None:
        author = a_member()
        draft = a_draft(author)
        do(writing.autosave, author, draft.id, {"title": "Setengah jadi", "langkah": "1."})
        kept = revision(draft.id)
        assert kept.autosaved == {"title": "Setengah jadi", "langkah": "1."}
        assert kept.version == draft.version
        do(writing.save, author, draft.id, draft.version, a_guide_text())
        assert revision(draft.id).autosaved is None

    def test_another_person_cannot_touch_it(self) -> None:
        draft = a_draft()
        for verb, arguments in (
            (writing.save, (draft.version, a_guide_text())),
            (writing.withdraw, (draft.version,)),
            (writing.autosave, ({"title": "x"},)),
        ):
            with pytest.raises(Denied):
                do(verb, a_moderator(), draft.id, *arguments)

    def test_a_draft_without_steps_is_not_handed_in(self) -> None:
        author = a_member()
        draft = a_draft(author, a_guide_text(langkah=""))
        with pytest.raises(Invalid) as refused:
            submitted(draft, author)
        assert refused.value.field == "langkah"
        assert revision(draft.id).state == "draft"

    def test_two_guides_of_one_title_get_two_addresses(self) -> None:
        text = a_guide_text("Judul yang sama persis")
        slugs = {guide(a_draft(text=text).guide_id).slug for _ in range(3)}
        assert slugs == {"judul-yang-sama-persis", "judul-yang-sama-persis-2", "judul-yang-sama-persis-3"}


class TestConfidence:
    def test_publishing_without_validation_leaves_it_not_validated_until_another_curator_vouches(self) -> None:
        author = a_moderator()
        published = a_guide(author, validates=False)
        assert published.confidence == "unvalidated"
        with pytest.raises(Denied):
            do(keeping.validate, author, published.id, published.version)
        do(keeping.validate, a_moderator(), published.id, published.version)
        assert guide(published.id).confidence == "validated"

    @pytest.mark.parametrize(("significance", "after"), [("major", "unvalidated"), ("minor", "validated")])
    def test_a_major_change_that_nobody_validates_takes_the_validation_away(
        self, significance: str, after: str
    ) -> None:
        published, author = a_guide(), a_member()
        approved(submitted(a_change(published, author), author, significance), validates=False)
        assert guide(published.id).confidence == after

    def test_review_due_is_the_date_having_passed_and_nothing_stored(self, fixed_now) -> None:
        published = a_guide(review_months=6)
        assert published.review_due == date(2027, 5, 24)
        with clock.fixed(NOW + timedelta(days=190)):
            assert guides.guide_page(viewer_for(a_member()), published.slug).badge is Badge.REVIEW_DUE
            assert guide(published.id).confidence == "validated"

    def test_still_right_moves_the_date(self, fixed_now) -> None:
        owner = a_member()
        published = a_guide(owner_id=owner.id)
        with clock.fixed(NOW + timedelta(days=200)):
            do(keeping.confirm, owner, published.id, published.version)
            assert guide(published.id).review_due > clock.now().date()
        assert audited("guide.confirm")

    def test_still_right_is_for_owner_and_curators(self) -> None:
        published = a_guide()
        with pytest.raises(Denied):
            do(keeping.confirm, a_member(), published.id, published.version)

    def test_the_end_of_a_short_month_is_its_last_day(self) -> None:
        assert next_review(NOW.replace(month=8, day=31), 6) == date(2027, 2, 28)

    def test_a_guide_that_became_due_is_looked_at_again_by_search(self, fixed_now) -> None:
        published = a_guide()
        with clock.fixed(NOW + timedelta(days=182)):
            with transaction():
                assert due.touch_due() == 1
            found = db.session.scalars(select(OutboxRow.key).where(OutboxRow.topic == "search"))
            assert f"guide:{published.id}" in set(found)
            (document,) = searching.documents([f"guide:{published.id}"])
            assert document.status is Status.REVIEW_DUE


class TestReaders:
    @pytest.mark.parametrize(("significance", "kept"), [("major", False), ("minor", True), ("typo", True)])
    def test_only_a_major_change_asks_to_read_again(self, significance: str, kept: bool) -> None:
        published, reader, author = a_guide(), a_member(), a_member()
        do(reading.acknowledge, reader, published.id, 1, on=True)
        approved(submitted(a_change(published, author), author, significance))
        page = guides.guide_page(viewer_for(reader), published.slug)
        assert (page.read_at is not None) is kept

    def test_an_acknowledgement_of_a_replaced_text_is_refused(self) -> None:
        published, author = a_guide(), a_member()
        approved(submitted(a_change(published, author), author))
        with pytest.raises(Conflict):
            do(reading.acknowledge, a_member(), published.id, 1, on=True)
        assert db.session.scalar(select(Acknowledgement.user_id)) is None

    def test_a_vote_is_one_answer_a_person(self) -> None:
        published, reader = a_guide(), a_member()
        do(reading.vote, reader, published.id, 1, helped=False, reason="Kurang jelas")
        do(reading.vote, reader, published.id, 1, helped=True)
        assert guides.guide_page(viewer_for(reader), published.slug).vote is True

    def test_unhelpful_guides_are_on_the_desk(self) -> None:
        published = a_guide()
        for _ in range(2):
            do(reading.vote, a_member(), published.id, 1, helped=False)
        assert [line.link.label for line in desk.desk_page(viewer_for(a_moderator())).unhelpful] == [published.title]

    def test_a_flag_is_resolved_once(self) -> None:
        published = a_guide()
        flag_id = do(flagging.flag, a_member(), published.id, "outdated", "Nomor aturannya berganti.")
        assert len(desk.desk_page(viewer_for(a_moderator())).flags) == 1
        do(flagging.resolve, a_moderator(), flag_id, "Sudah diperbarui.")
        with pytest.raises(Conflict, match="Sudah diperbarui"):
            do(flagging.resolve, a_moderator(), flag_id, "Saya juga.")


class TestOwners:
    def test_a_disabled_owner_leaves_it_to_the_unit_and_the_curators_are_told(self) -> None:
        owner, unit = a_member(), a_unit("Dinas Sosial")
        published = a_guide(owner_id=owner.id, unit_id=unit.id)
        with transaction():
            db.session.get_one(User, owner.id).is_active = False
        page = guides.guide_page(viewer_for(a_member()), published.slug)
        assert (page.owner, page.unit) == (None, "Dinas Sosial")
        assert [line.link.label for line in desk.desk_page(viewer_for(a_moderator())).orphans] == [published.title]


class TestArchiving:
    def test_an_archived_guide_stays_readable_and_names_its_successor(self) -> None:
        old, new = a_guide(), a_guide()
        do(keeping.archive, a_moderator(), old.id, old.version, reason="Aturan baru.", successor_id=new.id)
        page = guides.guide_page(viewer_for(a_member()), old.slug)
        assert page.badge is Badge.ARCHIVED
        assert page.successor is not None
        assert page.successor.label == new.title
        listed = lists.library_page(viewer_for(a_member()), lists.Asked()).cards
        assert [card.id for card in listed] == [new.id]

    def test_a_cycle_of_successors_is_refused(self) -> None:
        one, other = a_guide(), a_guide()
        do(keeping.archive, a_moderator(), one.id, one.version, reason="Lama.", successor_id=other.id)
        with pytest.raises(Invalid):
            do(keeping.archive, a_moderator(), other.id, other.version, reason="Lama.", successor_id=one.id)
        with pytest.raises(Invalid):
            do(keeping.archive, a_moderator(), other.id, other.version, reason="Lama.", successor_id=other.id)

    def test_two_curators_at_once_the_second_is_told(self) -> None:
        published = a_guide()
        do(keeping.archive, a_moderator(), published.id, published.version, reason="Lama.", successor_id=None)
        with pytest.raises(Conflict):
            do(keeping.archive, a_moderator(), published.id, published.version, reason="Lama.", successor_id=None)

    def test_an_archived_guide_takes_no_changes_until_it_is_brought_back(self) -> None:
        published = a_guide()
        do(keeping.archive, a_moderator(), published.id, published.version, reason="Lama.", successor_id=None)
        with pytest.raises(Conflict):
            a_change(published, a_member())
        do(keeping.unarchive, a_moderator(), published.id, guide(published.id).version)
        assert guide(published.id).confidence == "unvalidated"


class TestAddresses:
    def test_old_addresses_lead_on_for_ever(self) -> None:
        published, curator = a_guide(), a_moderator()
        first = published.slug
        for slug in ("alamat-kedua", "alamat-ketiga"):
            do(keeping.rename, curator, published.id, guide(published.id).version, slug)
        viewer = viewer_for(a_member())
        assert [guides.address_of(viewer, slug) for slug in (first, "alamat-kedua")] == ["alamat-ketiga"] * 2

    def test_going_back_to_an_old_address_works(self) -> None:
        published, curator = a_guide(), a_moderator()
        first = published.slug
        for slug in ("alamat-lain", first):
            do(keeping.rename, curator, published.id, guide(published.id).version, slug)
        assert guides.address_of(viewer_for(a_member()), "alamat-lain") == first

    def test_an_address_that_is_taken_is_refused(self) -> None:
        one, other = a_guide(), a_guide()
        with pytest.raises(Invalid):
            do(keeping.rename, a_moderator(), other.id, other.version, one.slug)

    def test_a_merged_guide_leads_to_the_other_with_its_sources_and_uses(self) -> None:
        one, other = a_guide(), a_guide()
        thread = a_thread(a_member(), a_board())
        with transaction():
            writing.add_source(one.id, thread.thread_id, None)
            db.session.add(GuideUse(guide_id=one.id, post_id=thread.post_id, at=clock.now()))
        do(keeping.merge, a_moderator(), one.id, one.version, other.id, "Sama isinya.")
        assert guides.address_of(viewer_for(a_member()), one.slug) == other.slug
        assert db.session.scalar(select(GuideSource.id).where(GuideSource.guide_id == other.id))
        assert guides.guide_page(viewer_for(a_member()), other.slug).uses == 1
        assert history.history_page(viewer_for(a_member()), one.slug, None, None).revisions
        assert searching.documents([f"guide:{one.id}"]) == ()


class TestPromotion:
    def solved(self) -> tuple[User, int]:
        asker = a_member()
        thread = a_thread(asker, a_board(), title="Bagaimana mengurus kartu yang hilang")
        a_reply(a_member(), thread, body="Datang ke loket membawa surat kehilangan.")
        return asker, thread.thread_id

    def test_it_takes_posts_up_with_credit_and_links_and_notes_them_as_sources(self) -> None:
        _asker, thread_id = self.solved()
        curator = a_moderator()
        thread = source_thread(viewer_for(curator), thread_id)
        sections = promoting.placed(thread, {thread.posts[0].id: "situasi", thread.posts[1].id: "langkah"})
        assert "surat kehilangan" in sections["langkah"]
        assert thread.posts[1].url in sections["langkah"]
        assert thread.posts[1].author in sections["langkah"]
        chosen = {post.id: post.version for post in thread.posts}
        guide_id, _revision = do(promoting.promote, curator, thread, chosen, a_guide_text(**sections))
        sources = db.session.execute(select(GuideSource.thread_id, GuideSource.post_id)).all()
        assert {tuple(row) for row in sources} == {(thread_id, None), (thread_id, thread.posts[1].id)}
        assert guide(guide_id).published_number is None

    def test_personal_data_stops_it_and_is_shown_hidden(self) -> None:
        _asker, thread_id = self.solved()
        curator = a_moderator()
        thread = source_thread(viewer_for(curator), thread_id)
        text = a_guide_text(langkah="Hubungi pelapor dengan NIK 1272014508900001 ya.")
        with pytest.raises(Invalid) as refused:
            do(promoting.promote, curator, thread, {thread.posts[0].id: 1}, text)
        assert refused.value.field == "langkah"
        assert "1272014508900001" not in str(refused.value)
        assert db.session.scalar(select(Guide.id)) is None

    def test_a_post_that_was_edited_meanwhile_is_told(self) -> None:
        _asker, thread_id = self.solved()
        curator = a_moderator()
        thread = source_thread(viewer_for(curator), thread_id)
        with pytest.raises(Conflict, match="1"):
            do(promoting.promote, curator, thread, {thread.posts[0].id: 7}, a_guide_text())

    def test_members_do_not_promote(self) -> None:
        _asker, thread_id = self.solved()
        thread = source_thread(viewer_for(a_moderator()), thread_id)
        with pytest.raises(Denied):
            do(promoting.promote, a_member(), thread, {thread.posts[0].id: 1}, a_guide_text())

    def test_a_source_that_is_gone_is_counted_and_not_named(self) -> None:
        author = a_member()
        published = a_guide()
        thread = a_thread(author, a_board(), title="Judul yang tidak boleh bocor sama sekali")
        with transaction():
            writing.add_source(published.id, thread.thread_id, None)
        delete(a_moderator(), thread.post_id)
        page = guides.guide_page(viewer_for(a_member()), published.slug)
        assert (page.sources, page.hidden_sources) == ((), 1)


class TestUses:
    def test_a_post_that_links_to_a_guide_counts_as_a_use_and_no_longer_when_it_does_not(self) -> None:
        published = a_guide()
        thread = a_thread(a_member(), a_board())
        with transaction():
            fresh(Post, thread.post_id).html = f'<p>Lihat <a href="/panduan/{published.slug}">panduan</a>.</p>'
        with transaction():
            assert citing.count_uses(thread.post_id) == 1
        assert guides.guide_page(viewer_for(a_member()), published.slug).uses == 1
        with transaction():
            fresh(Post, thread.post_id).html = "<p>Tidak lagi.</p>"
        with transaction():
            assert citing.count_uses(thread.post_id) == 0
        assert guides.guide_page(viewer_for(a_member()), published.slug).uses == 0


class TestRedaction:
    def test_words_are_gone_from_every_revision_and_the_log_does_not_have_them(self) -> None:
        author = a_member()
        published = a_guide(text=a_guide_text("Panduan dengan rahasia di dalamnya", langkah="Nomor 08123456 rahasia."))
        draft = a_change(
            published, author, a_guide_text("Panduan dengan rahasia di dalamnya", langkah="Nomor 08123456 lagi.")
        )
        assert do(redacting.redact, a_moderator(), published.id, "08123456", "Nomor telepon") == 2
        texts = [str(revision(row).sections) for row in (1, draft.id)]
        assert not [text for text in texts if "08123456" in text]
        (entry,) = audited("guide.redact")
        assert "08123456" not in f"{entry.after}{entry.reason}"

    def test_a_change_based_on_a_redacted_text_is_told_that_its_state_is_old(self) -> None:
        author = a_member()
        published = a_guide(text=a_guide_text("Panduan yang akan dihapus sebagian", langkah="Nomor 08123456 rahasia."))
        draft = a_change(
            published, author, a_guide_text("Panduan yang akan dihapus sebagian", langkah="Nomor 08123456.")
        )
        read = draft.version
        do(redacting.redact, a_moderator(), published.id, "08123456", "Nomor telepon")
        with pytest.raises(Conflict):
            do(writing.save, author, draft.id, read, a_guide_text())


class TestPaths:
    def test_a_path_keeps_its_order_and_counts_what_was_read(self) -> None:
        first, second, reader = a_guide(), a_guide(), a_member()
        slug = do(
            collecting.save_path, a_moderator(), None, name="Jalur baru", description="", guides=[second.id, first.id]
        )
        do(reading.acknowledge, reader, first.id, 1, on=True)
        page = lists.path_page(viewer_for(reader), slug)
        assert [step.card.id for step in page.steps] == [second.id, first.id]
        assert page.read == 1

    def test_unpublished_guides_and_members_are_refused(self) -> None:
        with pytest.raises(Invalid):
            do(collecting.save_path, a_moderator(), None, name="Jalur", description="", guides=[a_draft().guide_id])
        with pytest.raises(Denied):
            do(collecting.save_path, a_member(), None, name="Jalur", description="", guides=[a_guide().id])


def test_the_filter_in_sql_sees_what_the_predicate_sees() -> None:
    author = a_member()
    made = [a_draft(author).guide_id, a_guide().id, a_guide(author).id]
    with transaction():
        db.session.get_one(Guide, made[1]).audience = "curators"
    for person in (author, a_member(), a_moderator(), an_admin()):
        viewer = viewer_for(person)
        seen = set(db.session.scalars(select(Guide.id).where(policy.guides_visible_to(viewer))))
        assert seen == {number for number in made if _may_see(viewer, number)}
    assert set(db.session.scalars(select(Guide.id).where(policy.guides_visible_to(Viewer())))) == set()


def _may_see(viewer: Viewer, guide_id: int) -> bool:
    try:
        guide_for(viewer, guide_id)
    except NotFound:
        return False
    return True
