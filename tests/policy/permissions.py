"""The permission table: what every address answers to whom. The access walk proves it, docs/permissions.md is made from it.

A new rule of the application needs a line here: endpoint, method, an example address, who is let in, and what they get.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ROLES = ("stranger", "member", "author", "moderator", "moderator elsewhere", "admin")
SIGNED_IN = frozenset(ROLES[1:])
STAFF = frozenset({"moderator", "admin"})
OWNER = frozenset({"author"})
ADMINS = frozenset({"admin"})
EVERYBODY = frozenset(ROLES)


@dataclass(frozen=True)
class Row:
    """One address and method. Roles of `who` get `done`, the others `refused`; `but` names exceptions.

    `path` and `fields` hold {names} of what the walk prepares (see `tests.web.test_access_walk.Scene`). Strangers are led to
    the sign-in page (302), or told that their session ended (401), unless `who` or `but` names them.
    """

    endpoint: str
    method: str
    path: str
    who: frozenset[str] = SIGNED_IN
    done: int = 200
    refused: int = 403
    but: Mapping[str, int] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    needs: str = ""
    """An optional part (`tests.optional`) without which the answer is 503."""

    def status(self, role: str) -> int:
        if role in self.but:
            return self.but[role]
        if role in self.who:
            return self.done
        if role == "stranger":
            return 302 if self.method == "GET" else 401
        return self.refused


def _get(endpoint: str, path: str, **more: object) -> Row:
    return Row(endpoint, "GET", path, **more)  # type: ignore[arg-type]


def _post(endpoint: str, path: str, **more: object) -> Row:
    return Row(endpoint, "POST", path, **{"done": 303, **more})  # type: ignore[arg-type]


BODY = "Tulisan yang cukup panjang untuk diterima."
THREAD = {
    "title": "Bagaimana cara mengurusnya",
    "board": "{board}",
    "kind": "question",
    "tags": "",
    "body": BODY,
    "key": "{key}",
}
AUTHORS = OWNER | STAFF

RESTRAINTS = (
    _get("accounts.restraints", "/akun/peringatan", note="one's own"),
    _post(
        "accounts.restraints",
        "/akun/peringatan",
        who=OWNER,
        refused=404,
        fields={"warning": "{warning}"},
        note="another's warning is not there",
    ),
)
FILES = (
    _get("attachments.file", "/lampiran/{file}", note="as the post that it is attached to"),
    _get("attachments.thumbnail", "/lampiran/{file}/kecil"),
    _post("attachments.upload", "/lampiran", done=422, note="one's own; here without a file"),
    _post("attachments.remove", "/lampiran/{own_file}/hapus", who=OWNER, refused=404, note="before it is posted"),
)

READING = (
    _get("discussions.home", "/"),
    _get("discussions.threads", "/diskusi"),
    _get("discussions.boards", "/papan"),
    _get("discussions.board", "/papan/{board}"),
    _get("discussions.tag", "/tag/{tag}"),
    _get("discussions.thread", "/diskusi/{thread}"),
    _get("discussions.similar", "/diskusi/{thread}/serupa"),
    _get("discussions.branch", "/diskusi/{thread}/cabang/{reply}"),
    _get(
        "discussions.history", "/kiriman/{edited}/riwayat", who=AUTHORS, note="earlier texts of a post that was edited"
    ),
    _get("discussions.mention_suggestions", "/sebut?q=a"),
    _get("discussions.drafts", "/draf", note="one's own"),
)
WRITING = (
    _get("discussions.compose", "/diskusi/baru"),
    _post("discussions.compose", "/diskusi/baru", fields=THREAD),
    _get("discussions.reply", "/diskusi/{thread}/balas?ke={reply}"),
    _post("discussions.reply", "/diskusi/{thread}/balas", fields={"ke": "{reply}", "body": BODY, "key": "{key}"}),
    _get("discussions.edit_post", "/kiriman/{reply}/sunting", who=AUTHORS),
    _post("discussions.edit_post", "/kiriman/{reply}/sunting", who=AUTHORS, fields={"body": BODY, "version": "1"}),
    _get("discussions.delete_post", "/kiriman/{reply}/hapus", who=AUTHORS),
    _post("discussions.delete_post", "/kiriman/{reply}/hapus", who=AUTHORS, fields={"reason": "Salah tempat."}),
    _post(
        "discussions.restore_post", "/kiriman/{deleted}/pulihkan", who=AUTHORS, note="a reply that its author deleted"
    ),
    _post("discussions.preview", "/pratinjau", done=200, fields={"body": BODY}),
    _post("discussions.save_draft", "/draf", fields={"place": "new", "body": BODY}),
    _post(
        "discussions.discard_draft", "/draf/{draft}/hapus", who=OWNER, refused=404, note="another's draft is not there"
    ),
)
MARKING = (
    _post(
        "discussions.vote",
        "/kiriman/{reply}/bermanfaat",
        who=SIGNED_IN - OWNER,
        fields={"on": "1"},
        note="never one's own",
    ),
    _post(
        "discussions.solve", "/kiriman/{reply}/solusi", who=AUTHORS, fields={"on": "1"}, note="author: of the question"
    ),
    _post("discussions.mark_read", "/diskusi/{thread}/dibaca", fields={"number": "1"}),
    _post("discussions.mark_all_read", "/dibaca"),
)
SEARCHING = (
    _get("search.results", "/cari"),
    _get("search.suggestions", "/cari/saran?q=la"),
    _get("search.similar_to_title", "/cari/serupa?judul=lampu+jalan+padam"),
    _post(
        "search.opened", "/cari/dibuka", done=204, fields={"log": "1", "key": "thread:1"},
        note="counts for one's own search alone",
    ),
)  # fmt: skip
CURATORS = STAFF | {"moderator elsewhere"}
ENTRY = {"relation": "synonyms", "terms": "{name}, {name} kedua", "weight": "0,8", "version": "1"}
SEARCH_CARE = (
    _get("search.gaps", "/moderasi/pencarian", who=CURATORS),
    _post("search.search_retention", "/moderasi/pencarian/masa-simpan", who=ADMINS, fields={"search_log_days": "90"}),
    _get("search.thesaurus", "/moderasi/tesaurus", who=CURATORS),
    _get("search.thesaurus_new", "/moderasi/tesaurus/baru", who=CURATORS),
    _post("search.thesaurus_new", "/moderasi/tesaurus/baru", who=CURATORS, fields=ENTRY),
    _get("search.thesaurus_edit", "/moderasi/tesaurus/{entry}", who=CURATORS),
    _post("search.thesaurus_edit", "/moderasi/tesaurus/{entry}", who=CURATORS, fields=ENTRY),
    _post("search.thesaurus_delete", "/moderasi/tesaurus/{entry}/hapus", who=CURATORS, fields={"version": "1"}),
    _post("search.thesaurus_undelete", "/moderasi/tesaurus/{entry}/pulihkan", who=CURATORS),
    _post(
        "search.thesaurus_reset", "/moderasi/tesaurus/{entry}/asal", who=CURATORS, done=422,
        note="422: an entry that did not come with the program",
    ),
)  # fmt: skip
GUIDE = {"title": "Panduan yang diuji sekarang", "situasi": "Begini.", "langkah": "Begitu."}
LIBRARY = (
    _get("library.index", "/panduan"),
    _get("library.guide", "/panduan/{guide_slug}"),
    _get("library.pick", "/panduan/pilih"),
    _get("library.history", "/panduan/{guide_slug}/riwayat"),
    _get("library.similar", "/panduan/{guide_slug}/serupa"),
    _get("library.markdown", "/panduan/{guide_slug}/markdown"),
    _get("library.guide_pdf", "/panduan/{guide_slug}/pdf", needs="pdf"),
    _get("library.path", "/jalur/{path}"),
    _get("library.path_markdown", "/jalur/{path}/markdown"),
    _get("library.path_pdf", "/jalur/{path}/pdf", needs="pdf"),
    _post("library.acknowledge", "/panduan/{guide}/dibaca", fields={"revisi": "1", "on": "1"}),
    _post("library.vote", "/panduan/{guide}/membantu", fields={"revisi": "1", "jawaban": "ya"}),
    _get("library.flag", "/panduan/{guide}/laporkan"),
    _post("library.flag", "/panduan/{guide}/laporkan", fields={"reason": "outdated", "note": "Sudah usang."}),
    _get("library.new", "/panduan/baru"),
    _post("library.new", "/panduan/baru", fields={**GUIDE, "kind": "practice", "review_months": "6"}),
    _post("library.sketch", "/naskah/sementara", done=200, fields={"place": "guide:new", "title": "Setengah"}),
    _post("library.discard_sketch", "/naskah/sementara/buang", fields={"place": "guide:new"}),
    _post("library.propose", "/panduan/{guide}/usul"),
    _get(
        "library.draft", "/naskah/{draft_guide}", who=OWNER, refused=404,
        but={"moderator": 303, "moderator elsewhere": 303, "admin": 303}, note="303: curators read a draft on the page of reviews",
    ),
    _post(
        "library.draft", "/naskah/{draft_guide}", who=OWNER, refused=404,
        but={"moderator": 403, "moderator elsewhere": 403, "admin": 403},
        fields={**GUIDE, "version": "1", "aksi": "simpan"}, note="the author of the draft alone",
    ),
    _post(
        "library.autosave", "/naskah/{draft_guide}/simpan-otomatis", who=OWNER, done=200, refused=403,
        fields={"title": "Setengah"},
    ),
    _get("library.desk", "/moderasi/panduan", note="owners see their own guides"),
    _get("library.review", "/tinjau/{pending}", who=CURATORS | OWNER, refused=404),
    _post(
        "library.review", "/tinjau/{pending}", who=CURATORS, refused=404, but={"author": 403},
        fields={"version": "2", "aksi": "validasi"}, note="never one's own",
    ),
    _post(
        "library.comment", "/tinjau/{pending}/catatan", who=CURATORS | OWNER, refused=403, fields={"isi": "Bagus."}
    ),
    _post("library.confirm", "/panduan/{guide}/masih-benar", who=CURATORS, fields={"version": "2"}, note="and its owner"),
    _post("library.validate", "/panduan/{guide}/validasi", who=CURATORS, fields={"version": "2"}),
    _get("library.manage", "/panduan/{guide}/atur", who=CURATORS),
    _post(
        "library.manage", "/panduan/{guide}/atur", who=CURATORS,
        fields={"version": "2", "aksi": "arsipkan", "reason": "Sudah usang."},
    ),
    _get("library.redact", "/panduan/{guide}/hapus-teks", who=CURATORS),
    _post("library.redact", "/panduan/{guide}/hapus-teks", who=CURATORS, fields={"words": "Warga", "reason": "Uji."}),
    _get("library.promote", "/panduan/dari-diskusi/{thread_id}", who=CURATORS),
    _post(
        "library.promote", "/panduan/dari-diskusi/{thread_id}", who=CURATORS, done=200, fields={"aksi": "susun"}
    ),
    _post("library.resolve", "/moderasi/panduan/laporan/{flag}", who=CURATORS, fields={"hasil": "Sudah."}),
    _get("library.new_path", "/jalur/baru", who=CURATORS),
    _post(
        "library.new_path", "/jalur/baru", who=CURATORS, done=422, fields={"name": "Jalur uji"}, note="422: without guides"
    ),
    _get("library.edit_path", "/jalur/{path}/sunting", who=CURATORS),
    _post("library.edit_path", "/jalur/{path}/sunting", who=CURATORS, fields={"aksi": "hapus"}),
    _get("library.path_readers", "/jalur/{path}/pembaca", who=CURATORS),
)  # fmt: skip
CURATING = (
    _post("discussions.pin", "/diskusi/{thread}/sematkan", who=STAFF, fields={"on": "1"}),
    _get("discussions.lock", "/diskusi/{thread}/kunci", who=STAFF),
    _post("discussions.lock", "/diskusi/{thread}/kunci", who=STAFF, fields={"on": "1", "reason": "Sudah tuntas."}),
    _get("discussions.move", "/diskusi/{thread}/pindah", who=STAFF),
    _post("discussions.move", "/diskusi/{thread}/pindah", who=STAFF, fields={"board": "{other_board}"}),
    _get("discussions.summary", "/diskusi/{thread}/ringkasan", who=STAFF),
    _post("discussions.summary", "/diskusi/{thread}/ringkasan", who=STAFF, fields={"body": BODY}),
    _get("discussions.hide", "/kiriman/{reply}/sembunyikan", who=STAFF),
    _post(
        "discussions.hide", "/kiriman/{reply}/sembunyikan", who=STAFF, fields={"how": "hide", "reason": "Salah tempat."}
    ),
    _get("discussions.split", "/kiriman/{reply}/pisahkan", who=STAFF),
    _post(
        "discussions.split",
        "/kiriman/{reply}/pisahkan",
        who=STAFF,
        fields={"title": "Judul diskusi yang baru", "board": "{board}", "reason": "Hal lain."},
    ),
    _get("discussions.merge", "/diskusi/{thread}/gabungkan", who=STAFF),
    _post(
        "discussions.merge",
        "/diskusi/{thread}/gabungkan",
        who=STAFF,
        fields={"into": "{other_thread}", "reason": "Hal yang sama."},
    ),
    _get("discussions.duplicate", "/diskusi/{thread}/duplikat", who=STAFF),
    _post(
        "discussions.duplicate",
        "/diskusi/{thread}/duplikat",
        who=STAFF,
        fields={"of": "{other_thread}", "reason": "Hal yang sama."},
    ),
)
MODERATING = (
    _get("moderation.start", "/moderasi", who=CURATORS),
    _get("moderation.queue", "/moderasi/kasus", who=CURATORS),
    _get("moderation.case", "/moderasi/kasus/{case}", who=STAFF, but={"moderator elsewhere": 404}),
    _post("moderation.hand_over", "/moderasi/kasus/{case}/pegang", who=STAFF, but={"moderator elsewhere": 404},
          fields={"aksi": "ambil", "version": "1"}),
    _post("moderation.add_note", "/moderasi/kasus/{case}/catatan", who=STAFF, but={"moderator elsewhere": 404},
          fields={"body": BODY}),
    _get("moderation.decide", "/moderasi/kasus/{case}/putuskan?tindakan=none", who=STAFF, but={"moderator elsewhere": 404}),
    _post("moderation.decide", "/moderasi/kasus/{case}/putuskan?tindakan=none", who=STAFF, but={"moderator elsewhere": 404},
          fields={"version": "1", "reason": "Tidak melanggar."}),
    _get("moderation.act", "/moderasi/tindakan/post/{reply}", who=STAFF),
    _post("moderation.act", "/moderasi/tindakan/post/{reply}?tindakan=post.rephrase", who=STAFF,
          fields={"reason": "Mohon lebih santun."}),
    _get("moderation.rulings", "/moderasi/keputusan", who=CURATORS),
    _get("moderation.ruling", "/keputusan/{ruling}", who=AUTHORS, refused=404, note="those concerned, and moderators of its board"),
    _post("moderation.appeal", "/keputusan/{ruling}/banding", who=OWNER, refused=404, but={"moderator": 403, "admin": 403},
          fields={"body": BODY}, note="those concerned alone"),
    _post("moderation.take_back", "/keputusan/{ruling}/cabut", who=STAFF, refused=404, but={"author": 403},
          fields={"reason": "Keliru."}),
    _get("moderation.appeals", "/moderasi/banding", who=CURATORS),
    _get("moderation.appeal_page", "/moderasi/banding/{appeal}", who=STAFF, but={"moderator elsewhere": 404}),
    _post("moderation.appeal_page", "/moderasi/banding/{appeal}", who=STAFF, but={"moderator elsewhere": 404},
          fields={"outcome": "upheld", "answer": "Tetap."}, note="never the moderator who acted"),
    _get("moderation.flag", "/laporkan/post/{reply}", who=SIGNED_IN - OWNER, note="never one's own"),
    _post("moderation.flag", "/laporkan/post/{reply}", who=SIGNED_IN - OWNER, fields={"reason": "rude"}),
    _post("moderation.withdraw", "/laporkan/post/{flagged}/tarik", who=frozenset({"member"}), refused=404,
          note="the reporter alone"),
    _get("moderation.words", "/moderasi/kata", who=ADMINS),
    _post("moderation.words", "/moderasi/kata", who=ADMINS, but={"admin": 409}, fields={"words": "sabun", "version": "lama"},
          note="409: an older list"),
)  # fmt: skip
NOTICES = (
    _get("notifications.notices", "/notifikasi", note="one's own"),
    _post("notifications.open_notice", "/notifikasi/{notice}", who=OWNER, refused=404, note="another's notice is not there"),
    _post("notifications.read_all", "/notifikasi/dibaca"),
)  # fmt: skip
SAME_PASSWORD = {"current": "salah sama sekali", "password": "", "confirm": ""}
ACCOUNT = (
    _get("accounts.sign_in", "/masuk", done=302, but={"stranger": 200}),
    _post(
        "accounts.sign_in", "/masuk", done=302, but={"stranger": 422},
        fields={"identifier": "siapa", "password": "bukan sandi"}, note="422: a wrong password",
    ),
    _get("accounts.sign_out", "/keluar"),
    _post("accounts.sign_out", "/keluar", who=EVERYBODY, done=302),
    _get("accounts.first_sign_in", "/masuk/tautan/sudah-lama", who=EVERYBODY, done=410, note="410: used or expired"),
    _post("accounts.first_sign_in", "/masuk/tautan/sudah-lama", who=EVERYBODY, done=410, note="410: used or expired"),
    _get("accounts.own_profile", "/profil", done=302),
    _get("accounts.profile", "/profil/{author}"),
    _get("accounts.settings", "/akun"),
    _post("accounts.settings", "/akun", done=302, fields={"locale": "id", "theme": "dark"}),
    _get("accounts.change_password", "/akun/sandi"),
    _post("accounts.change_password", "/akun/sandi", done=422, fields=SAME_PASSWORD, note="422: a wrong password"),
    _get("sessions.own", "/akun/sesi"),
    _post("sessions.end_others", "/akun/sesi/akhiri", done=302),
    _post("sessions.end", "/akun/sesi/{session}/akhiri", who=OWNER, done=302, refused=404, note="another's is not there"),
    _get("confirming.confirm", "/akun/konfirmasi", done=302, note="302: signed in within the last ten minutes"),
    _post("confirming.confirm", "/akun/konfirmasi", done=302, note="302: signed in within the last ten minutes"),
    _get("second_factor.step", "/masuk/langkah-kedua", who=EVERYBODY, done=302, note="302: without a first step"),
    _post("second_factor.step", "/masuk/langkah-kedua", who=EVERYBODY, done=302, note="302: without a first step"),
    _get("second_factor.overview", "/akun/langkah-kedua"),
    _post("second_factor.begin", "/akun/langkah-kedua/mulai", done=302),
    _get("second_factor.setup", "/akun/langkah-kedua/pasang", done=302, note="302: no key was made"),
    _post(
        "second_factor.setup", "/akun/langkah-kedua/pasang", done=422, fields={"code": "bukan kode"},
        note="422: a wrong code for the key that was made just before",
    ),
    _get("second_factor.qr", "/akun/langkah-kedua/qr.svg", done=404, note="404: no key was made"),
    _post("second_factor.new_codes", "/akun/langkah-kedua/kode-cadangan", done=404, note="404: no second step"),
    _get("second_factor.switch_off", "/akun/langkah-kedua/matikan", done=302, note="302: no second step"),
    _post("second_factor.switch_off", "/akun/langkah-kedua/matikan", done=302, note="302: no second step"),
    _post("accounts.set_appearance", "/akun/tampilan", who=EVERYBODY, done=302, fields={"theme": "dark"}),
    _get("oidc.start", "/masuk/sso", who=EVERYBODY, done=404, note="404: without single sign-on"),
    _get("oidc.finish", "/masuk/sso/kembali", who=EVERYBODY, done=404, note="404: without single sign-on"),
    _post("oidc.logout_token", "/masuk/sso/keluar", who=EVERYBODY, done=404, note="404: without single sign-on"),
    _get("oidc.signed_out", "/keluar/selesai", who=EVERYBODY, done=404, note="404: without single sign-on"),
    _post("oidc.link", "/akun/sso", done=404, note="404: without single sign-on"),
    _get("oidc.confirm", "/akun/sso/pastikan", done=404, note="404: without single sign-on"),
    _post("oidc.unlink", "/akun/sso/lepas", done=404, note="404: without single sign-on"),
)  # fmt: skip
PERSON = {"name": "Orang Lain", "email": "{key}@contoh.go.id", "status": "pns", "role": "member", "is_active": "y"}
PLACE = {"position": "3", "icon": "messages", "colour": "navy"}
ADMIN = (
    _get("admin.index", "/admin", who=ADMINS),
    _get("admin.users", "/admin/pengguna", who=ADMINS),
    _get("admin.user_new", "/admin/pengguna/baru", who=ADMINS),
    _post("admin.user_new", "/admin/pengguna/baru", who=ADMINS, done=200, fields={**PERSON, "username": "{name}"}),
    _get("admin.user_edit", "/admin/pengguna/{bystander}", who=ADMINS),
    _post("admin.user_edit", "/admin/pengguna/{bystander}", who=ADMINS, done=302, fields=PERSON),
    _post("admin.user_link", "/admin/pengguna/{bystander}/tautan", who=ADMINS, done=200),
    _post("admin.user_end_sessions", "/admin/pengguna/{bystander}/keluarkan", who=ADMINS, done=302),
    _get("admin.user_second_factor", "/admin/pengguna/{bystander}/langkah-kedua", who=ADMINS),
    _post(
        "admin.user_second_factor", "/admin/pengguna/{bystander}/langkah-kedua", who=ADMINS, done=404,
        fields={"reason": "Ponsel hilang, datang sendiri."}, note="404: no second step",
    ),
    _get("admin.users_import", "/admin/pengguna/impor", who=ADMINS),
    _post("admin.users_import", "/admin/pengguna/impor", who=ADMINS, done=422, note="422: without a file"),
    _get("admin.units", "/admin/perangkat-daerah", who=ADMINS),
    _get("admin.unit_new", "/admin/perangkat-daerah/baru", who=ADMINS),
    _post(
        "admin.unit_new", "/admin/perangkat-daerah/baru", who=ADMINS, done=302,
        fields={"name": "Dinas {name}", "short_name": "{name}"},
    ),
    _get("admin.unit_edit", "/admin/perangkat-daerah/{unit}", who=ADMINS),
    _post(
        "admin.unit_edit", "/admin/perangkat-daerah/{unit}", who=ADMINS, done=302,
        fields={"name": "Dinas Baru {name}", "short_name": "{name}", "is_active": "y"},
    ),
    _get("admin.boards", "/admin/papan", who=ADMINS),
    _get("admin.board_new", "/admin/papan/baru", who=ADMINS),
    _post("admin.board_new", "/admin/papan/baru", who=ADMINS, done=302, fields={**PLACE, "name": "Papan {name}"}),
    _get("admin.board_edit", "/admin/papan/{other_board}", who=ADMINS),
    _post(
        "admin.board_edit", "/admin/papan/{other_board}", who=ADMINS, done=302,
        fields={**PLACE, "name": "Papan {name}", "slug": "{other_board}"},
    ),
    _get("admin.tags", "/admin/tag", who=ADMINS),
    _get("admin.audit_log", "/admin/catatan", who=ADMINS),
    _post("admin.audit_export", "/admin/catatan/ekspor", who=ADMINS, done=200),
    _get("admin.tag_edit", "/admin/tag/{tag}", who=ADMINS),
    _post("admin.tag_edit", "/admin/tag/{tag}", who=ADMINS, done=302, fields={"name": "{tag}", "synonyms": "lain"}),
    _post("admin.tag_merge", "/admin/tag/{tag}/gabung", who=ADMINS, done=422, note="422: into no tag"),
)  # fmt: skip
PERSONAL_DATA = (
    _get("privacy.findings", "/moderasi/data-pribadi", who=CURATORS),
    _post(
        "privacy.mask", "/moderasi/data-pribadi/{finding}/samarkan", who=STAFF, but={"moderator elsewhere": 404},
        note="of posts: where one moderates",
    ),
    _post(
        "privacy.dismiss", "/moderasi/data-pribadi/{finding}/abaikan", who=STAFF, but={"moderator elsewhere": 404},
        fields={"alasan": "Nomor contoh dari pedoman."}, note="of posts: where one moderates",
    ),
    _get("privacy.breaches", "/admin/kebocoran", who=ADMINS),
    _post("privacy.breaches", "/admin/kebocoran", who=ADMINS, done=422, fields={"aksi": "buka"}, note="422: about nothing"),
    _get("privacy.breach", "/admin/kebocoran/{breach}", who=ADMINS),
    _post("privacy.breach", "/admin/kebocoran/{breach}", who=ADMINS, fields={"langkah": "mask"}),
    _get("privacy.breach_report", "/admin/kebocoran/{breach}/laporan.md", who=ADMINS),
    _get("privacy.own_data", "/akun/data"),
    _post("privacy.download_own_data", "/akun/data/unduh", done=200, note="one's own"),
    _get("privacy.erase", "/admin/pengguna/{bystander}/hapus-data", who=ADMINS),
    _post(
        "privacy.erase", "/admin/pengguna/{bystander}/hapus-data", who=ADMINS, done=422, note="422: not typed once more"
    ),
)  # fmt: skip
# Sent by a server, not by a form: its own signature takes the place of our token.
WITHOUT_TOKEN = frozenset({"oidc.logout_token"})
OPEN = (_get("web.health", "/sehat", who=EVERYBODY),)

SECTIONS: dict[str, tuple[Row, ...]] = {
    "Reading": READING,
    "Writing": WRITING,
    "Searching": SEARCHING,
    "The library": LIBRARY,
    "Files": FILES,
    "Marking": MARKING,
    "Moderating": CURATING,
    "Cases, rulings, appeals": MODERATING,
    "Notices": NOTICES,
    "Looking after searching": SEARCH_CARE,
    "One's own account": (*ACCOUNT, *RESTRAINTS),
    "Administration": ADMIN,
    "Personal data": PERSONAL_DATA,
    "Operation": OPEN,
}
ROWS = tuple(row for rows in SECTIONS.values() for row in rows)
