"""Queries that nobody should type and somebody will: as text, and as what stands after `q=` when it is no text at all."""

from __future__ import annotations

from itertools import product
from urllib.parse import quote

NAMES = ("tag", "papan", "opd", "oleh", "status", "jenis", "sejak", "sampai", "label", "board", "by", "since", "until")
VALUES = (
    "", " ", ":", "::", '"', '""', '" "', "-", "--", "*", "?", "%", "_", "'", "\\", "/", "()", "[]", "{}", "<b>", "&",
    ";", "|",
    "selesai", "0", "-1", "9" * 40, "2026-13-45", "2026-02-30", "0000-00-00", "kemarin", "besok lusa", "9999-12-31",
    "1/1/1",
    "null", "None", "NaN", "true", "\u0663\u0664", "x" * 300, "\U0001f600", "@", "@admin", "'; DROP TABLE users; --",
)  # fmt: skip

EMPTY = (
    "",
    " ",
    "  \t ",
    "\n",
    "\r\n",
    "\u00a0",
    "\u2003\u2003",
    "\u3000",
    "\ufeff",
    "\u200b\u200b",
    "\u2060",
    "\u00ad",
)
SIGNS = (
    *"!?.,;:'\"`~@#$%^&*()-_=+[]{}|\\/<>\u00a7\u20ac\u00b0\u2026\u2013\u2014\u00ab\u00bb\u201c\u201d\u2018\u2019\u2022",
    "???", "!!!", "...", "--", "---", "- -", "-----", "-:", ":-", "::", ":", '""', '""""', '" "', '"""', "''", "``",
    "()", "(())",
    ")(", "[[", "]]", "{{", "}}", "{%", "%}", "${x}", "#{x}", "<>", "</", "-\"", "\"-", "-\"\"",
    "+-&&||!(){}[]^\"~*?:\\/", "\\",
    "\\\\", "\\\"", "\\n", "\\0", "\\u0000", "\\x00", "%", "%%", "%s", "%d", "%(n)s", "%n", "{0}", "{}", "__", "_%_",
)  # fmt: skip
QUOTES = (
    '"', '"jalan', 'jalan"', '"jalan rusak', 'jalan "rusak', '"jalan" "rusak', '""jalan""', '"jalan""rusak"', '" jalan rusak "',
    "'jalan rusak'", "\u201cjalan rusak\u201d", "\u201ejalan rusak\u201c", "\u00abjalan rusak\u00bb",
    "\u201cjalan rusak", 'a"b"c',
    '"yang dan di"', '"' * 50, '"a" ' * 40, '"' + "jalan " * 60 + '"', '-"jalan rusak"', '-"jalan', '"-jalan"', '"tag:jalan"',
    '"\n"', '"\u200b"', '"***"', '"???"', '"..."', '"jalan" -"jalan"', '"jalan" -jalan',
)  # fmt: skip
MINUSES = (
    "-", "- jalan", "-jalan", "--jalan", "---jalan", "jalan-", "jalan -", "jalan -jalan", "-jalan jalan",
    "-jalan -rusak -lampu",
    "-a", "-1", "-yang", "-tag:jalan", "-papan:x", "\u2212jalan", "\u2013jalan", "jalan--rusak", "a-b-c-d-e",
    "-" * 300,
    "- " * 100, "-jalan " * 40, "marah-marah", "-marah-marah", "-@admin", "-:)", "-\U0001f600", "-*", "-?", "-%",
)  # fmt: skip
WILDCARDS = (
    "*", "**", "*:*", "?", "??", "jalan*", "*jalan", "j*n", "j?lan", "*a*", "jal%", "%jalan%", "_alan", "jalan~",
    "jalan~2",
    "jalan^5", "jalan^99999999999", "[a TO z]", "{a TO z}", "[* TO *]", "title:*", "body:jalan",
    "title:(jalan rusak)",
    "_exists_:title", "NOT jalan", "NOT", "AND", "OR", "AND OR NOT", "jalan AND", "OR jalan",
    "jalan AND rusak OR lampu NOT mati",
    "jalan && rusak", "jalan || rusak", "!jalan", "+jalan -rusak", "+", "+jalan", "(jalan", "jalan)",
    "((((((((((jalan",
    "(jalan OR rusak) AND", "jalan NEAR/3 rusak", "jalan <-> rusak", "jalan:*", "jalan & !rusak", "jalan | rusak",
    "!!!jalan",
    "{!func}recip(1,1,1,1)", "_query_:\"{!dismax}x\"", "jalan ADJ rusak", "site:siantar jalan", "intitle:jalan",
    "filetype:pdf",
)  # fmt: skip
STOP_WORDS = (
    "yang", "dan", "di", "ke", "dari", "yang dan di ke dari", "apa", "apa yang", "siapa", "kapan", "di mana",
    "bagaimana",
    "apa itu", "bagaimana cara", "kenapa ya", "apakah itu yang ini dan dengan untuk pada adalah", "the of and a",
    "to be or not to be",
    "ya", "kok", "sih", "dong", "nih", "yang " * 60, "dan -yang", '"yang"', "nya", "lah", "kah", "pun", "-nya",
    "ku mu nya",
)  # fmt: skip
EMOJI = (
    "\U0001f600", "\U0001f600\U0001f600", "\u2764\ufe0f", "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f1ee\U0001f1e9",
    "\U0001f44d\U0001f3fd", "jalan \U0001f600 rusak", "\U0001f600jalan", "#\ufe0f\u20e3", "\u231b",
    "\U0001f600" * 200, "\u2603",
    ":)", ":-(", "<3", "\u00af\\_(\u30c4)_/\u00af", "(\u256f\u00b0\u25a1\u00b0)\u256f", "\U000e0041", "\ufe0f",
    "\u200d",
)  # fmt: skip
SCRIPTS = (
    "\u0627\u0644\u0634\u0627\u0631\u0639", "\u05e8\u05d7\u05d5\u05d1", "\u202ejalan\u202c", "\u202e", "\u200fjalan",
    "\u2067jalan\u2069",
    "jalan \u0627\u0644\u0634\u0627\u0631\u0639 rusak", "\u9053\u8def", "\u9053\u8def\u7834\u635f\u7533\u8acb",
    "\u3072\u3089\u304c\u306a",
    "\u0e16\u0e19\u0e19", "\u0434\u043e\u0440\u043e\u0433\u0430", "\u03b4\u03c1\u03cc\u03bc\u03bf\u03c2",
    "\u0438\u0306", "j\u0430lan",
    "\uff4a\uff41\uff4c\uff41\uff4e", "\u1d36\u1d43\u02e1\u1d43\u207f",
    "\U0001d423\U0001d41a\U0001d425\U0001d41a\U0001d427", "\ufb01sik",
    "jala\u0301n", "j\u0308\u0308\u0308\u0308a" * 20,
    "Z\u0351\u036b\u0343\u036a\u0302a\u0301\u0341l\u0321\u034dg\u031fo", "a\u0301" * 300,
    "\u0301", "\u0301" * 500, "e\u0301e\u0300e\u0302", "\u0130stanbul", "stra\u00dfe", "STRASSE", "\u01c5", "\u017f",
    "\u212a", "\u00b5",
    "\u1b05\u1b13\u1b2b", "\ua98f\ua9ae", "\u1bc0\u1bd2\u1bc4", "\u0928\u092e\u0938\u094d\u0924\u0947",
    "\ud55c\uad6d\uc5b4", "\u2460\u2461",
    "\u00bd \u00b2", "\u2163", "\u0661\u0662\u0663", "\u1d4f\u1d57\u1d56", "a\u200bb\u200cc\u200dd", "ja\u00adlan",
    "jalan\u0000", "jal\u034fan",
)  # fmt: skip
CONTROLS = tuple(
    f"jalan{chr(code)}rusak" for code in (*range(32), 127, 0x80, 0x85, 0x9F, 0x2028, 0x2029, 0xFFF9, 0xFFFE, 0xFFFF)
)
SURROGATES = (
    "%ED%A0%80",
    "%ED%BF%BF",
    "%FF",
    "%FE%FF",
    "%C0%AF",
    "%C3%28",
    "%80",
    "%F4%90%80%80",
    "%E0%80%80",
    "jalan%ff%00rusak",
)
ESCAPES = (
    "%",
    "%2",
    "%ZZ",
    "%u0041",
    "%25%32%35",
    "a%00b",
    "%0d%0aSet-Cookie:x=1",
    "+",
    "++",
    "a+b",
    "%20%20",
    "&",
    "=",
    "&q=",
    "#",
)
SQL = (
    "'", "''", "' OR '1'='1", "' OR 1=1 --", "1; DROP TABLE threads", "'; DELETE FROM posts; --", '" OR ""="',
    "admin'--",
    "1 UNION SELECT password FROM users", "') OR ('a'='a", "sleep(10)", "pg_sleep(10)", "'||pg_sleep(10)--", "/*",
    "*/", "/**/", "-- ",
    "1/0", "$$x$$", "\\'; SELECT 1", "jalan' AND 1=CAST((SELECT version()) AS int)--", "0x27", "%27", "char(39)",
    "x'; VACUUM; --",
    "{\"$gt\": \"\"}", "[$ne]=1", "*)(uid=*))(|(uid=*", "; ls -la", "| cat /etc/passwd", "`id`", "$(id)", "&& reboot",
    "../../etc/passwd",
)  # fmt: skip
MARKUP = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "javascript:alert(1)",
    "<b>jalan</b>",
    "</title><h1>", "<!--", "-->", "<![CDATA[", "]]>", "&lt;b&gt;", "&amp;", "&#0;", "&#x27;", "&nbsp;",
    "<mark>jalan</mark>",
    "</mark>", "{{7*7}}", "{{ config }}", "{% raw %}", "${7*7}", "<%= 7*7 %>", "#{7*7}", "<?php echo 1 ?>",
    "<style>*{display:none}",
    "data:text/html,x", "//contoh.invalid", "https://contoh.invalid/?q=jalan#x", "mailto:a@b.c", "file:///etc/passwd",
    "\\u003cscript\\u003e",
    "jalan\r\nSet-Cookie: a=b", "jalan\r\n\r\n<html>", "constructor", "__proto__", "toString", "undefined",
    "[object Object]",
)  # fmt: skip
PATTERNS = (
    ".*", "^jalan$", "(a+)+$", "(a|a)*b", "[a-z]+", "\\d+", "\\bjalan\\b", "(?i)jalan", "(?P<x>a)", "a{1000000}",
    "(((((((((", "[", "]",
    "[^", "(?:", "\\", "*?", "+?", "a" * 100 + "!", "(x+x+)+y", "\\p{L}", "$^", "^", "$", "|", "||||",
)  # fmt: skip
NUMBERS = (
    "0", "1", "-1", "00", "007", "1.5", "1,5", "1e400", "1e-400", "9" * 100, "0x1F", "1_000", "12.72.01", "2026",
    "24/11/2026", "3 x 24 jam",
    "1708", "08123456789", "1272010101900001", "199001012020121001", "BK 1234 XX", "Rp5.000", "100%", "50 %", "1/2",
    "II", "XVII", "IV/a",
    "No. 5", "UU 25/2009", "PP 94/2021 pasal 5 ayat (2)", "900.1.13.1/278/II/2024", "inf", "NaN", "\u221e",
    "3.14159" * 20,
)  # fmt: skip
LONG = (
    "x" * 100, "x" * 1000, "jalan" * 2000, "jalan " * 1700, "a " * 5000, "\u00e9" * 3000, "\U0001f600" * 2500,
    "tag:" * 500,
    "tag:jalan " * 100, "papan:kesehatan " * 60, "status:selesai status:terbuka " * 20, "-" * 10_000, '"' * 10_000,
    ":" * 10_000,
    " " * 10_000, "\n" * 10_000, "(" * 10_000, "a:b " * 2000, "a-b" * 3000, "a.b.c." * 1500,
    "memper" * 40 + "i" * 40 + "kannya" * 40,
    "di" * 150, "ke" * 150 + "an", "ber-" * 75, "meng" * 70, "nya" * 100, "kannyalah" * 30,
    "pertanggungjawabannya" * 14,
    " ".join(f"kata{number}" for number in range(1000)), " ".join(f'"kata {number}"' for number in range(200)),
    " ".join(chr(0x4E00 + number) for number in range(500)), "jalan\u0301" * 1000, "\u200b" * 5000 + "jalan",
    "jalan" + "\u200b" * 5000,
    "jalanrusakdankotorsekali" * 12, "aiueo" * 50, "bcdfg" * 50, "ktp" * 90, "k t p " * 90, "x-y-z-" * 49,
    "e-ktp/" * 49, "@admin " * 40,
)  # fmt: skip
MIXED = (
    "JALAN RUSAK", "jAlAn RuSaK", "jalan,rusak;lampu.mati", "jalan/rusak", "jalan_rusak", "jalan#rusak",
    "jalan@rusak", "jalan=rusak", "j",
    "ja", "a b c d e f g h i j k l m n o p q r s t u v w x y z", "?q=jalan", "q=jalan&hal=2", "tag", "tag :jalan",
    "tag: jalan", "tag:jalan:rusak",
    "TAG:JALAN", "Tag:\u201cjalan rusak\u201d", "status:selesai status:terbuka", "sejak:2026-01-01 sampai:2020-01-01",
    "sejak:sampai:jenis:tag:x",
    "jenis:balasan oleh:saya", "jenis:kucing", "status:", "status:selesai", "jenis:panduan", "sampai:2020",
    "sejak:2026-11", "opd:\"\"",
    "Catatan: jalan rusak", "http://x:8080/a:b", "jam 08:30", "a:1 b:2 c:3", "::jalan::", ":jalan", "jalan:",
    "jalan :", "1:1", "oleh:admin -oleh:admin",
    "jln rsk lmpu mt", "jjaallaann", "nalaj", "kjhgfdsa qwertyuiop", "asdf asdf asdf", "resep rendang santan",
    "blangko blangko blangko", "lampu\tmati",
    "mengmengmeng", "memper", "di-", "ke-", "-kan", "-i", "per-an", "se-", "ku", "pengaduankah", "diper-",
    "berkas" * 2, "ber kas", "e", "E-KTP E KTP eKTP",
    "KTP-el KTP el ktpel", "SP4N-LAPOR!", "P. Siantar", "P.B.B.", "S.D.N. 1", "PBB-P2 pbbp2", "d/a", "s/d", "a.n.",
    "dst.", "c'est", "rock'n'roll", "O'Brien",
)  # fmt: skip


def texts() -> tuple[str, ...]:
    """Every odd text, each once."""
    operators = [f"{name}:{value}" for name, value in product(NAMES[:8], VALUES)]
    more = [f"{name}:" for name in NAMES] + [f"lampu {name}:{NAMES[0]}:x -{name}:y" for name in NAMES]
    groups = (
    EMPTY, SIGNS, QUOTES, MINUSES, WILDCARDS, STOP_WORDS, EMOJI, SCRIPTS, CONTROLS, SQL, MARKUP, PATTERNS, NUMBERS,
    LONG, MIXED, operators, more,
    )  # fmt: skip
    return tuple(dict.fromkeys(text for group in groups for text in group))


def addresses() -> tuple[str, ...]:
    """What stands after `q=`: the texts, and bytes that are no text."""
    return (*(quote(text, safe="") for text in texts()), *SURROGATES, *ESCAPES)
