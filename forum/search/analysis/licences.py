"""Which affixes a root takes, as the dictionary tells it by flags of two characters: `layan/M0P0Pa` gives melayan, pelayan, pelayanan."""

from __future__ import annotations

from forum.search.analysis.affixes import Analysis

Flags = frozenset[str]

# Prefixes and suffix -> the flags that allow them. A passive (di-) follows from its active (me-).
_FLAGS: dict[tuple[str, str], str] = {
    ("", "an"): "a0",
    ("", "kan"): "k0",
    ("", "i"): "i0",
    ("me", ""): "M0 MG MM",
    ("me", "kan"): "Mk Mh Mo",
    ("me", "i"): "Mi Mg Mm",
    ("di", ""): "D0 M0 MG MM",
    ("di", "kan"): "Dk Mk Mh Mo",
    ("di", "i"): "Di Mi Mg Mm",
    ("ku", ""): "O0 D0 M0",
    ("ku", "kan"): "Ok Dk Mk",
    ("ku", "i"): "Oi Di Mi",
    ("kau", ""): "O0 D0 M0",
    ("kau", "kan"): "Ok Dk Mk",
    ("kau", "i"): "Oi Di Mi",
    ("pe", ""): "P0 PE PG PK PN",
    ("pe", "an"): "Pa Pf Pg Pl Po",
    ("ber", ""): "B0 BE",
    ("ber", "an"): "Ba Bb Bf",
    ("ber", "kan"): "Bk Bg",
    ("ter", ""): "T0 TE",
    ("ter", "kan"): "Tk Tn Th",
    ("ter", "i"): "Ti Tg",
    ("ter", "an"): "Ta Tf",
    ("per", ""): "R0 RE",
    ("per", "an"): "Ra Rf",
    ("per", "i"): "Ri Mt Dt",
    ("per", "kan"): "Rk Mu Du",
    ("ke", ""): "K0",
    ("ke", "an"): "Ka",
    ("ke", "i"): "Ki",
    ("se", ""): "S0",
    ("se", "an"): "Sa",
    ("me per", ""): "MR R0",
    ("me per", "kan"): "Mu Du",
    ("me per", "i"): "Mt Dt",
    ("di per", ""): "DR MR",
    ("di per", "kan"): "Du Mu",
    ("di per", "i"): "Dt Mt",
    ("di ke", "kan"): "Dn",
    ("di se", "kan"): "Dv Mx",
    ("me ber", "kan"): "Me",
    ("me se", "kan"): "Mx",
    ("me se", "i"): "Mw",
    ("me se", ""): "MS",
    ("me pe", ""): "MP",
    ("me pe", "i"): "Mp",
    ("me pe", "kan"): "Mq",
    ("pe ber", "an"): "Pc",
    ("pe per", ""): "PR",
    ("pe per", "an"): "Ps",
    ("pe se", "an"): "Pv",
    ("ke ber", "an"): "Kc",
    ("ke pe", "an"): "Kq",
    ("ke per", "an"): "Kq",
    ("ke se", "an"): "Kt",
    ("ke ter", "an"): "Ku",
    ("ber ke", ""): "BK",
    ("ber ke", "an"): "Bl",
    ("ber pe", ""): "BP",
    ("ber pe", "an"): "Bq",
    ("ber se", ""): "BS",
    ("ber se", "an"): "Bt",
    ("per se", "an"): "Rt",
    ("per pe", "an"): "Rq",
    ("se ke", "an"): "Sl",
    ("se per", "an"): "Ss",
    ("se pe", "an"): "Sq",
    ("ter ke", ""): "TK",
    ("ter per", ""): "TR",
    ("ter ber", ""): "TB",
}
_ALLOWING: dict[tuple[str, str], Flags] = {affixes: frozenset(flags.split()) for affixes, flags in _FLAGS.items()}
_VERBAL = frozenset("MDPTRO")


def doubt(analysis: Analysis, flags: Flags) -> int:
    """How doubtful it is that the root takes these affixes: 0 the dictionary says so, 1 it says so of kin, 2 it says nothing."""
    if not analysis.prefixes and not analysis.suffix:
        return 0
    if _ALLOWING.get((" ".join(analysis.prefixes), analysis.suffix), frozenset()) & flags:
        return 0
    families = {flag[0] for flag in flags}
    wanted = {_FAMILY.get(prefix, "") for prefix in analysis.prefixes}
    if wanted and (wanted <= families or (wanted <= _VERBAL and families & _VERBAL)):
        return 1
    return 2


_FAMILY = {
    "me": "M",
    "di": "D",
    "pe": "P",
    "ber": "B",
    "ter": "T",
    "per": "R",
    "ke": "K",
    "se": "S",
    "ku": "O",
    "kau": "O",
    "tidak": "K",
}
