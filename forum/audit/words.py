"""What the log's actions and objects are called, for people. Who adds an action adds its words; until then its name is shown."""

from __future__ import annotations

from forum.core.i18n import _, lazy

ACTIONS = {
    "act.undo": lazy("Keputusan moderator dicabut"),
    "appeal.decide": lazy("Banding diputuskan"),
    "appeal.open": lazy("Banding diajukan"),
    "attachment.personal_data": lazy("Lampiran dengan data pribadi dibagikan dengan alasan"),
    "attachment.remove": lazy("Lampiran dilepas dari kiriman"),
    "audit.export": lazy("Log audit diekspor"),
    "board.create": lazy("Papan dibuat"),
    "board.update": lazy("Papan diubah"),
    "case.assign": lazy("Kasus berpindah tangan"),
    "case.decide": lazy("Kasus diputuskan"),
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
    "post.rephrase": lazy("Penulis diminta menulis ulang"),
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
    "user.emergency_link": lazy("Tautan darurat dibuat"),
    "user.emergency_sign_in": lazy("Masuk lewat tautan darurat"),
    "user.end_session": lazy("Satu sesi diakhiri"),
    "user.end_sessions": lazy("Sesi diakhiri"),
    "user.erase": lazy("Data akun dihapus"),
    "user.export": lazy("Data sendiri diunduh"),
    "user.link": lazy("Tautan masuk dibuat"),
    "user.password": lazy("Kata sandi diganti"),
    "user.password_by_link": lazy("Kata sandi dibuat lewat tautan"),
    "user.recovery_code_used": lazy("Satu kode cadangan dipakai"),
    "user.recovery_codes": lazy("Kode cadangan baru dibuat"),
    "user.second_factor_guessed": lazy("Kode langkah kedua ditebak-tebak"),
    "user.second_factor_off": lazy("Langkah kedua dimatikan"),
    "user.second_factor_on": lazy("Langkah kedua dipasang"),
    "user.second_factor_removed": lazy("Langkah kedua dihapus"),
    "user.sso_create": lazy("Akun dibuat lewat SSO"),
    "user.sso_link": lazy("Akun dihubungkan dengan SSO"),
    "user.sso_link_by_email": lazy("Akun dihubungkan dengan SSO menurut surel"),
    "user.sso_logout": lazy("Sesi diakhiri oleh SSO"),
    "user.sso_unlink": lazy("Akun dilepas dari SSO"),
    "user.sso_update": lazy("Akun diubah menurut SSO"),
    "user.update": lazy("Akun diubah"),
    "words.save": lazy("Kata yang diawasi diubah"),
}
KINDS = {
    "attachment": lazy("lampiran"),
    "audit_log": lazy("log audit"),
    "board": lazy("papan"),
    "breach": lazy("kebocoran data"),
    "case": lazy("kasus"),
    "collection": lazy("jalur belajar"),
    "guide": lazy("panduan"),
    "post": lazy("kiriman"),
    "site_option": lazy("pengaturan situs"),
    "tag": lazy("tag"),
    "thesaurus_entry": lazy("entri tesaurus"),
    "thread": lazy("diskusi"),
    "unit": lazy("perangkat daerah"),
    "user": lazy("akun"),
    "words": lazy("kata yang diawasi"),
}
FIELDS = {
    "act": lazy("tindakan"),
    "added": lazy("ditambahkan"),
    "found": lazy("data pribadi yang dikenali"),
    "owner": lazy("terlampir pada"),
    "sha256": lazy("sidik isi"),
    "aliases": lazy("nama lain"),
    "appeal": lazy("banding"),
    "assignee": lazy("pemegang"),
    "board_id": lazy("papan"),
    "days": lazy("hari"),
    "description": lazy("keterangan"),
    "email": lazy("surel"),
    "ended": lazy("berapa yang diakhiri"),
    "finding": lazy("temuan"),
    "guides": lazy("panduan"),
    "has_nip": lazy("NIP tersimpan"),
    "in_time": lazy("dalam batas waktu"),
    "is_active": lazy("aktif"),
    "is_archived": lazy("diarsipkan"),
    "items": lazy("tulisan"),
    "kind": lazy("jenis"),
    "kinds": lazy("jenis"),
    "known_at": lazy("diketahui"),
    "issuer": lazy("penyedia SSO"),
    "lock_reason": lazy("alasan penguncian"),
    "masked": lazy("tersamar"),
    "mentions": lazy("penyebutan nama"),
    "moderated_boards": lazy("papan yang dimoderasi"),
    "name": lazy("nama"),
    "notified": lazy("diberitahukan"),
    "number": lazy("nomor"),
    "outcome": lazy("hasil"),
    "position": lazy("jabatan atau urutan"),
    "posts": lazy("kiriman"),
    "removed": lazy("dikeluarkan"),
    "revision": lazy("revisi"),
    "role": lazy("peran"),
    "ruling": lazy("keputusan"),
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
