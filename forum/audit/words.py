"""What the log's actions and objects are called, for people. Who adds an action adds its words; until then its name is shown."""

from __future__ import annotations

from forum.core.i18n import _, lazy

ACTIONS = {
    "audit.export": lazy("Log audit diekspor"),
    "board.create": lazy("Papan dibuat"),
    "board.update": lazy("Papan diubah"),
    "guide.approve": lazy("Panduan disetujui"),
    "guide.archive": lazy("Panduan diarsipkan"),
    "guide.confirm": lazy("Panduan dinyatakan masih benar"),
    "guide.edit_pending": lazy("Naskah panduan disunting peninjau"),
    "guide.flag_resolved": lazy("Laporan atas panduan diselesaikan"),
    "guide.keep": lazy("Pengaturan panduan diubah"),
    "guide.merge": lazy("Panduan digabungkan"),
    "guide.promote": lazy("Diskusi dijadikan panduan"),
    "guide.redact": lazy("Teks panduan dihapus dari semua versi"),
    "guide.reject": lazy("Naskah panduan ditolak"),
    "guide.rename": lazy("Alamat panduan diganti"),
    "guide.send_back": lazy("Naskah panduan dikembalikan"),
    "guide.submit": lazy("Naskah panduan diajukan"),
    "guide.unarchive": lazy("Panduan dikembalikan dari arsip"),
    "guide.validate": lazy("Panduan divalidasi"),
    "breach.close": lazy("Catatan kebocoran ditutup"),
    "breach.notify": lazy("Pemberitahuan kebocoran dikirim"),
    "breach.open": lazy("Catatan kebocoran dibuka"),
    "breach.search": lazy("Data yang bocor dicari"),
    "breach.steps": lazy("Langkah kebocoran dicatat"),
    "path.delete": lazy("Jalur belajar dihapus"),
    "path.save": lazy("Jalur belajar disimpan"),
    "post.delete": lazy("Kiriman dihapus"),
    "post.edit": lazy("Kiriman orang lain disunting"),
    "post.restore": lazy("Kiriman dipulihkan"),
    "post.reveal": lazy("Penanya tanpa nama dilihat"),
    "privacy.dismiss": lazy("Temuan dinyatakan bukan data pribadi"),
    "privacy.mask": lazy("Data pribadi disamarkan"),
    "privacy.override": lazy("Penulis menyatakan bukan data pribadi"),
    "search.retention": lazy("Masa simpan catatan pencarian diubah"),
    "tag.create": lazy("Tag dibuat"),
    "tag.merge": lazy("Tag digabungkan"),
    "tag.update": lazy("Tag diubah"),
    "thesaurus.create": lazy("Entri tesaurus dibuat"),
    "thesaurus.delete": lazy("Entri tesaurus dihapus"),
    "thesaurus.reset": lazy("Entri tesaurus dikembalikan ke asalnya"),
    "thesaurus.restore": lazy("Entri tesaurus dipulihkan"),
    "thesaurus.update": lazy("Entri tesaurus diubah"),
    "thread.delete": lazy("Diskusi dihapus"),
    "thread.lock": lazy("Diskusi dikunci"),
    "thread.move": lazy("Diskusi dipindahkan"),
    "thread.pin": lazy("Diskusi disematkan"),
    "thread.restore": lazy("Diskusi dipulihkan"),
    "thread.solve": lazy("Jawaban ditandai"),
    "thread.summarise": lazy("Ringkasan diskusi diubah"),
    "thread.unlock": lazy("Diskusi dibuka lagi"),
    "thread.unpin": lazy("Sematan diskusi dilepas"),
    "thread.unsolve": lazy("Tanda jawaban dilepas"),
    "unit.create": lazy("Perangkat daerah dibuat"),
    "unit.update": lazy("Perangkat daerah diubah"),
    "user.create": lazy("Akun dibuat"),
    "user.end_session": lazy("Satu sesi diakhiri"),
    "user.recovery_code_used": lazy("Kode pemulihan dipakai"),
    "user.recovery_codes": lazy("Kode pemulihan dibuat baru"),
    "user.second_factor_off": lazy("Verifikasi dua langkah dimatikan"),
    "user.second_factor_on": lazy("Verifikasi dua langkah dinyalakan"),
    "user.second_factor_removed": lazy("Verifikasi dua langkah dihapus admin"),
    "user.end_sessions": lazy("Sesi diakhiri"),
    "user.erase": lazy("Data akun dihapus"),
    "user.export": lazy("Data sendiri diunduh"),
    "user.link": lazy("Tautan masuk dibuat"),
    "user.password": lazy("Kata sandi diganti"),
    "user.password_by_link": lazy("Kata sandi dibuat lewat tautan"),
    "user.update": lazy("Akun diubah"),
}
KINDS = {
    "audit_log": lazy("log audit"),
    "board": lazy("papan"),
    "breach": lazy("kebocoran data"),
    "collection": lazy("jalur belajar"),
    "guide": lazy("panduan"),
    "post": lazy("kiriman"),
    "site_option": lazy("pengaturan situs"),
    "tag": lazy("tag"),
    "thesaurus_entry": lazy("entri tesaurus"),
    "thread": lazy("diskusi"),
    "unit": lazy("perangkat daerah"),
    "user": lazy("akun"),
}
FIELDS = {
    "aliases": lazy("nama lain"),
    "board_id": lazy("papan"),
    "days": lazy("hari"),
    "description": lazy("keterangan"),
    "email": lazy("surel"),
    "ended": lazy("berapa yang diakhiri"),
    "finding": lazy("temuan"),
    "found": lazy("ditemukan"),
    "guides": lazy("panduan"),
    "has_nip": lazy("NIP tersimpan"),
    "in_time": lazy("dalam batas waktu"),
    "is_active": lazy("aktif"),
    "is_archived": lazy("diarsipkan"),
    "items": lazy("tulisan"),
    "kind": lazy("jenis"),
    "kinds": lazy("jenis"),
    "known_at": lazy("diketahui"),
    "lock_reason": lazy("alasan penguncian"),
    "masked": lazy("tersamar"),
    "mentions": lazy("penyebutan nama"),
    "moderated_boards": lazy("papan yang dimoderasi"),
    "name": lazy("nama"),
    "notified": lazy("diberitahukan"),
    "number": lazy("nomor"),
    "position": lazy("jabatan atau urutan"),
    "posts": lazy("kiriman"),
    "revision": lazy("revisi"),
    "role": lazy("peran"),
    "search": lazy("pencarian"),
    "short_name": lazy("nama singkat"),
    "slug": lazy("alamat"),
    "solution": lazy("jawaban"),
    "solution_id": lazy("jawaban"),
    "solved_by_id": lazy("ditandai oleh"),
    "status": lazy("status"),
    "steps": lazy("langkah"),
    "summary": lazy("ringkasan"),
    "synonyms": lazy("sinonim"),
    "terms": lazy("kata-kata"),
    "thread": lazy("diskusi"),
    "title": lazy("judul"),
    "unit_id": lazy("perangkat daerah"),
    "username": lazy("nama pengguna"),
    "version": lazy("versi"),
    "weight": lazy("bobot"),
    "words": lazy("kata"),
}


def action(name: str) -> str:
    """An action in words."""
    return str(ACTIONS.get(name, name))


def kind(name: str) -> str:
    """A kind of object in words."""
    return str(KINDS.get(name, name))


def field(name: str) -> str:
    """The name of a value in words."""
    return str(FIELDS.get(name, name.replace("_", " ")))


def value(given: object) -> str:
    """A value as people read it."""
    if given is None or given == "" or given == []:
        return "–"
    if isinstance(given, bool):
        return _("ya") if given else _("tidak")
    if isinstance(given, list):
        return ", ".join(map(value, given))
    if isinstance(given, dict):
        return "; ".join(f"{field(name)}: {value(item)}" for name, item in given.items())
    return str(given)
