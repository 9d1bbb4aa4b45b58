"""The words beside a number that tell what it is."""

from __future__ import annotations

import re

from forum.core.privacy.finding import Kind

# No word that tells about a number stands farther from it than this.
REACH = 40
BESIDE = 24
# The longest number, with what may stand between its digits.
LONGEST = 72

_WORDS: dict[Kind | None, str] = {
    Kind.NIK: r"n\.?i\.?k\.?|(?:e-?)?ktp(?:-?el)?|induk kependudukan",
    Kind.KK: r"k\.?k\.?|kartu keluarga|nkk",
    Kind.NIP: r"n\.?i\.?p\.?|ni ?p{3}k|nip ?p{2,3}k|induk pegawai|induk p{3}k",
    Kind.NPWP: r"npwp|pokok wajib pajak",
    Kind.JKN: r"bpjs(?: kesehatan)?|jkn(?:-kis)?|kis|noka|kartu peserta|kartu indonesia sehat",
    Kind.PHONE: r"no\.? ?hp|no\.? ?wa|no\.? ?telp?|hp|wa|whats ?app|telp?|tlp|telepon|ponsel|kontak|hubungi|hub|fax|faks(?:imile)?|sms"
    r"|phone|seluler",
    Kind.ACCOUNT: r"no\.? ?rek|norek|rek|rekening|bank(?: [a-z]+){0,2}|bca|bri|bni|bsi|btn|mandiri",
    Kind.PLATE: r"plat|pelat|nopol|nomor polisi|no\.? ?pol|kendaraan|mobil|motor|angkot|truk|bpkb|stnk|tnkb",
    Kind.PASSPORT: r"paspor|passport|splp|dokumen perjalanan",
    # What counts something or names a case: nobody's number.
    None: r"tiket|ticket|resi|invoice|faktur|kode(?: [a-z]+){0,2}|registrasi|pesanan|order|billing|va|virtual account|id|versi|koordinat"
    r"|laporan|aduan|sertifikat|surat|seri|barcode|imei|transaksi|nop|nib|spt|sp2d|spm|ntpn|dpa|pbg|imb|meter|token|pin|otp",
}
_ANY = re.compile(
    rf"(?<![^\W_])(?=[a-z])(?:{'|'.join(f'(?P<k{i}>{words})' for i, words in enumerate(_WORDS.values()))})(?![^\W_])",
    re.IGNORECASE,
)
_KINDS = tuple(_WORDS)
_LETTER = re.compile("[A-Za-z]")
_CUT = re.compile(r"[0-9\n]")
_GAP = " (=-:/,."
_ADJACENT = re.compile(r"[\s:.#=(\-]*(?:(?:no(?:mor)?|nya|kita|saya|anda|adalah|yaitu)\b[\s:.#=(\-]*)*")


def reaches(text: str) -> list[tuple[int, int]]:
    """The stretches of `text` in which a number may begin that some word tells about; in order, none overlapping."""
    found: list[tuple[int, int]] = []
    for word in _ANY.finditer(text):
        begin, end = max(0, word.start() - BESIDE - LONGEST), word.end() + 2 * REACH
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found


def told(text: str, start: int, end: int) -> tuple[bool, Kind | None]:
    """Whether a word tells what `text[start:end]` is, and what; None for something that is nobody's.

    The word nearest before it counts, on the same line and not beyond another number; or one right behind it: "1272... (NIK)".
    What is nobody's must stand right before the number: "laporan dari 0812..." is about a person all the same.
    """
    begin = max(0, start - REACH)
    if not _LETTER.search(text, begin, end + BESIDE):
        return False, None
    for cut in _CUT.finditer(text, begin, start):
        begin = cut.end()
    found = None
    for word in _ANY.finditer(text, begin, start):
        kind = _kind(word)
        if kind is not None or _ADJACENT.fullmatch(text, word.end(), start):
            found = (True, kind)
    if found:
        return found
    behind = _ANY.search(text, end, end + BESIDE)
    if behind is None or text[end : behind.start()].strip(_GAP):
        return False, None
    return True, _kind(behind)


def _kind(word: re.Match[str]) -> Kind | None:
    return _KINDS[int((word.lastgroup or "k0")[1:])]
