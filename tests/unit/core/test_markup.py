import html
import json
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from forum.core import markup
from forum.core.markup import (
    GUIDE,
    POST,
    Limits,
    Refused,
    check_bounds,
    clean,
    excerpt,
    is_blank,
    normalise,
    plain_text,
)
from tests.unit.core.hostile_shapes import SHAPES
from tests.unit.core.html_tree import Tree

CORPUS = Path(__file__).parent / "markup_corpus"
ATTACKS = [json.loads(line) for line in (CORPUS / "attacks.jsonl").read_text().splitlines()]
HONEST = dict(
    part.split("\n", 1) for part in (CORPUS / "honest_posts.txt").read_text(encoding="utf-8").split("%%% ")[1:]
)
REL = ' rel="noopener noreferrer nofollow ugc"'
WORD = re.compile(r"[^\W_]+")
# What a reader does not see as text: addresses, labels and marks of the syntax.
NOT_WORDS = re.compile(
    r"\]\([^)]*\)|\[\^\w+\]|\]\[\w+\]|^\[(?:1|lama)\]: .*$|\[[xX]\]|^ *```\w*|^!!! \w+|\[!\w+\]",
    re.MULTILINE,
)


def html_of(text: str, **options) -> str:
    """The HTML without the rel of links and without line ends, which say nothing in most of these tests."""
    return markup.render(text, **options).html.replace(REL, "").replace("\n", "")


def refusal(text: str, limits: Limits = POST) -> Refused:
    with pytest.raises(Refused) as caught:
        markup.render(text, limits)
    return caught.value


# Attacks


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_forbidden_survives_an_attack(attack):
    for text in (attack, f"- a\n  {attack}", f"> {attack}", f"# {attack}", f"a {attack} b"):
        result = markup.render(text).html
        assert not Tree(result).faults, result
        assert clean(result) == result


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_sanitiser_alone_stops_an_attack_too(attack):
    once = clean(normalise(attack))
    faults = Tree(once).faults
    allowed_here = ("<td", "<table", "<details", "<abbr", "<tr", "<th", "<b id", "<img title>")
    assert not [fault for fault in faults if not fault.startswith(allowed_here)], once
    assert clean(once) == once


def test_the_corpus_of_attacks_is_large():
    assert len(set(ATTACKS)) >= 120


@given(st.text(alphabet=st.sampled_from("<>/=\"'&;:()[]!#@`*_~|\\- \n\taijpsvx1"), max_size=120))
@settings(max_examples=300, deadline=None)
@example("<a href='javascript:x'>")
def test_any_text_is_rendered_safely_and_cleaning_again_changes_nothing(text):
    result = markup.render(text).html
    assert not Tree(result).faults
    assert clean(result) == result


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_unicode_is_rendered_and_normalising_again_changes_nothing(text):
    markup.render(text)
    assert normalise(normalise(text)) == normalise(text)
    is_blank(text)


def test_text_that_looks_like_internal_marks_is_only_text():
    assert html_of("klzzwxh:0000 \x02klzzwxh:0000\x03 `a`") == "<p>klzzwxh:0000 klzzwxh:0000 <code>a</code></p>"


# Honest posts


@pytest.mark.parametrize("name", HONEST)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_no_visible_word_of_an_honest_post_is_lost(name, line_end):
    text = HONEST[name]
    rendered = markup.render(text.replace("\n", line_end))
    # Emphasis and tags inside a word join what their marks divide.
    joined = re.sub(r"</?(?:u|sub|sup|kbd)>", "", text).replace("**tengah**", "tengah")
    visible = html.unescape(NOT_WORDS.sub(" ", joined))
    missing = Counter(WORD.findall(visible)) - Counter(WORD.findall(plain_text(rendered.html)))
    assert not missing
    assert not Tree(rendered.html).faults
    assert clean(rendered.html) == rendered.html


def test_the_corpus_of_honest_posts_is_large():
    assert len(HONEST) >= 25


CASES = {
    "a single line end is a line break": ("a\nb", "<p>a<br>b</p>"),
    "a list may stand right below its sentence": (
        "Langkah:\n1. satu\n2. dua",
        "<p>Langkah:</p><ol><li>satu</li><li>dua</li></ol>",
    ),
    "a list may begin at another number below a colon": (
        "Lanjutan:\n4. a\n5. b",
        '<p>Lanjutan:</p><ol start="4"><li>a</li><li>b</li></ol>',
    ),
    "a year that begins a line is no list": ("sejak tahun\n2024. Lalu", "<p>sejak tahun<br>2024. Lalu</p>"),
    "numbers stay as typed": ("1. a\n3. b", '<ol><li>a</li></ol><ol start="3"><li>b</li></ol>'),
    "items that all say 1 are counted": ("1. a\n1. b", "<ol><li>a</li><li>b</li></ol>"),
    "text after the last item is outside the list": ("- a\n- b\nselesai", "<ul><li>a</li><li>b</li></ul><p>selesai</p>"),
    "text between items belongs to the upper one": ("- a\nlanjut\n- b", "<ul><li>a<br>lanjut</li><li>b</li></ul>"),
    "two spaces nest": ("- a\n  - b\n    - c\n- d", "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>"),
    "two spaces nest below a number": ("1. a\n  - b\n2. c", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
    "four spaces nest": ("- a\n    - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
    "a tab nests": ("- a\n\t- b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
    "one space does not nest": ("- a\n - b", "<ul><li>a</li><li>b</li></ul>"),
    "numbers with a parenthesis are a list": ("1) a\n2) b", "<ol><li>a</li><li>b</li></ol>"),
    "bullets of a word processor are a list": ("• a\n• b", "<ul><li>a</li><li>b</li></ul>"),
    "a blank line between items gives paragraphs": ("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
    "code may stand in an item": (
        "1. a\n   ```\n   x < 1\n     y\n   ```\n2. b",
        "<ol><li>a<pre><code>x &lt; 1  y</code></pre></li><li>b</li></ol>",
    ),
    "code is shown as typed": (
        "```html\n<b>&amp;</b> *a* @budi #1\n```",
        "<pre><code>&lt;b&gt;&amp;amp;&lt;/b&gt; *a* @budi #1</code></pre>",
    ),
    "a fence closed behind the last word counts": ("```\na\nb```\nc", "<pre><code>ab</code></pre><p>c</p>"),
    "words behind an opening fence are kept": ("```halo semua\na\n```", "<pre><code>halo semuaa</code></pre>"),
    "a fence that never closes hides nothing": ("```\na", "<p>```<br>a</p>"),
    "an indented paragraph is no code": ("\tDengan hormat", "<p>Dengan hormat</p>"),
    "a quote ends with its last mark": ("> a\nb", "<blockquote><p>a</p></blockquote><p>b</p>"),
    "headings start at the third level": ("# a\n#### b\n###### c", "<h3>a</h3><h6>b</h6><h6>c</h6>"),
    "a heading mark needs a space": ("#tagar", "<p>#tagar</p>"),
    "C# keeps its mark": ("# Belajar C#", "<h3>Belajar C#</h3>"),
    "an underlined line is a heading": ("Judul\n---", "<h4>Judul</h4>"),
    "strikethrough": ("~~a~~ ~5 b~", "<p><del>a</del> ~5 b~</p>"),
    "underscores inside words stay": ("a_b_c", "<p>a_b_c</p>"),
    "multiplication stays": ("5*3*2", "<p>5*3*2</p>"),
    "a network path stays": (r"\\server\a", r"<p>\\server\a</p>"),
    "unknown tags are shown": ("isi <nama>", "<p>isi &lt;nama&gt;</p>"),
    "simple tags work": ("H<sub>2</sub>O <KBD>a</KBD><br>b", "<p>H<sub>2</sub>O <kbd>a</kbd><br>b</p>"),
    "entities are characters once": ("&copy; &amp;lt; &lt;b&gt; AT&T", "<p>© &amp;lt; &lt;b&gt; AT&amp;T</p>"),
    "a table may stand right below its sentence": (
        "T:\n| a | b |\n|:-|:-:|\n| 1 |\n| 2 | 3 | 4 |",
        '<p>T:</p><div class="table-scroll" tabindex="0"><table><thead><tr><th align="left">a</th>'
        '<th align="center">b</th><th></th></tr></thead><tbody><tr><td align="left">1</td><td align="center"></td><td></td></tr>'
        '<tr><td align="left">2</td><td align="center">3</td><td>4</td></tr></tbody></table></div>',
    ),
    "a pipe inside code divides no cell": (
        "a|b\n-|-\n`x|y`|c\\|d",
        '<div class="table-scroll" tabindex="0"><table><thead><tr><th>a</th><th>b</th></tr></thead>'
        "<tbody><tr><td><code>x|y</code></td><td>c|d</td></tr></tbody></table></div>",
    ),
    "tasks say in words whether they are done": (
        "- [x] a\n- [ ] b",
        '<ul class="task-list"><li class="task"><span class="task-mark">☑</span> <span class="visually-hidden">selesai:</span> a</li>'
        '<li class="task"><span class="task-mark">☐</span> <span class="visually-hidden">belum:</span> b</li></ul>',
    ),
    "an admonition": (
        '!!! note "Judul"\n    a\n\n    b',
        '<div class="admonition note"><p class="admonition-title">Judul</p><p>a</p><p>b</p></div>',
    ),
    "an admonition without indent takes the lines below it": (
        "!!! peringatan\na\n\nb",
        '<div class="admonition warning"><p class="admonition-title">Peringatan</p><p>a</p></div><p>b</p>',
    ),
    "definitions": ("a\n: b\nc\n: d", "<dl><dt>a</dt><dd>b</dd><dt>c</dt><dd>d</dd></dl>"),
    "colons inside lines are no definitions": ("Nama : a\nNIP : b", "<p>Nama : a<br>NIP : b</p>"),
    "definitions of links that nobody uses are shown": ("[Catatan]: /penting", "<p>[Catatan]: /penting</p>"),
    "links by reference": ("[a][b] dan [b]\n\n[b]: /c", '<p><a href="/c">a</a> dan <a href="/c">b</a></p>'),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_people_get_what_they_expect(name):
    text, expected = CASES[name]
    assert html_of(text) == expected


# Links and images


@pytest.mark.parametrize(
    ("text", "address", "shown"),
    [
        ("https://a.id/b.", "https://a.id/b", "https://a.id/b"),
        ("(https://a.id/b_(c))", "https://a.id/b_(c)", "https://a.id/b_(c)"),
        ("**https://a.id/b**", "https://a.id/b", "https://a.id/b"),
        ("https://a.id/b_c_d?e=1&f=2#g!", "https://a.id/b_c_d?e=1&f=2#g", "https://a.id/b_c_d?e=1&amp;f=2#g"),
        ("www.a.id, ya", "https://www.a.id", "www.a.id"),
        ("[t](www.a.id/b)", "https://www.a.id/b", "t"),
        ("[t](kota.go.id/b)", "https://kota.go.id/b", "t"),
        ("[t](/diskusi/1)", "/diskusi/1", "t"),
        ("[t](mailto:a@b.id)", "mailto:a@b.id", "t"),
        ("<a@b.id>", "mailto:a@b.id", "a@b.id"),
        ("<https://a.id>", "https://a.id", "https://a.id"),
        ("![t](https://a.id/b.png)", "https://a.id/b.png", "t"),
        ("![](https://a.id/b.png)", "https://a.id/b.png", "https://a.id/b.png"),
    ],
)
def test_a_link_leads_where_its_text_says(text, address, shown):
    result = markup.render(text).html
    assert Tree(result).values("a", "href") == [address]
    assert f"{REL}>{shown}</a>" in result


@pytest.mark.parametrize(
    "text", ["[t](//a.id)", "[t](javascript:a)", "[t](berkas.pdf)", "[t](ftp://a.id)", "![t](x.png)"]
)
def test_a_link_that_is_not_allowed_leaves_its_text(text):
    assert html_of(text) == "<p><span>t</span></p>"


def test_images_come_from_our_own_uploads():
    assert html_of("![t](/lampiran/7/a.png)") == '<p><img alt="t" src="/lampiran/7/a.png"></p>'


def test_a_link_never_stands_inside_a_link():
    for text in ("[a [b](/c) d](/e)", "[![a](https://b.id/c.png)](/d)", "[@budi #1 https://a.id](/b)"):
        assert Tree(markup.render(text).html).values("a", "href").__len__() == 1


# Mentions and references


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@budi", ["budi"]),
        ("(@Budi.S), @budi.s!", ["budi.s"]),
        ("@budi_santoso_ @b-c.d.", ["budi_santoso", "b-c.d"]),
        ("**@budi**: *@siti*", ["budi", "siti"]),
        ("cc:@budi", ["budi"]),
        ("a@budi.id budi@@siti x/@budi", []),
        ("@ab @1budi @" + "a" * 33, []),
        ("@" + "a" * 32, ["a" * 32]),
        ("`@budi` [@budi](/a) https://a.id/@budi <@budi>", ["budi"]),
        ("```\n@budi\n```", []),
        (r"\@budi", []),
        ("@budié @adi.budié @budi.s@lan.id", []),
    ],
)
def test_mentions_are_found_where_people_are_meant(text, names):
    rendered = markup.render(text)
    assert list(rendered.mentions) == names
    assert set(Tree(rendered.html).values("a", "href")) >= {f"/profil/{name}" for name in names}


def test_a_mention_keeps_its_case_and_links_in_lower_case():
    assert html_of("@Budi.") == '<p><a class="mention" href="/profil/budi">@Budi</a>.</p>'


def test_only_known_names_become_mentions():
    rendered = markup.render("@budi @siti", known=frozenset({"siti"}))
    assert rendered.mentions == ("siti",)
    assert "@budi <a" in rendered.html


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("#12 dan (#3), #12.", [12, 3]),
        ("#12", [12]),
        ("C#12 &#123; #0 #12a #12/2024 ##5 a/#6", []),
        ("`#1` [#2](/a) https://a.id/#3", []),
        ("# #4", [4]),
        (r"\#5", []),
    ],
)
def test_references_are_found_where_threads_are_meant(text, numbers):
    rendered = markup.render(text)
    assert list(rendered.references) == numbers
    assert [href for href in Tree(rendered.html).values("a", "href") if "diskusi" in href][: len(numbers)] == [
        f"/diskusi/{number}" for number in numbers
    ]


# Footnotes


def test_footnotes_lead_there_and_back():
    tree = Tree(markup.render("a[^x] b[^x] c[^y]\n\n[^x]: satu\n[^y]: dua").html)
    ids = tree.values("sup", "id") + tree.values("li", "id")
    targets = [href.removeprefix("#") for href in tree.values("a", "href")]
    assert len(ids) == len(set(ids)) == 5
    assert set(targets) <= set(ids)
    assert len(targets) == 5


def test_two_posts_on_a_page_do_not_share_ids_when_each_has_its_scope():
    first, second = (
        set(Tree(markup.render("a[^1]\n\n[^1]: b", scope=scope).html).values("li", "id")) for scope in ("p1", "p2")
    )
    assert first == {"user-content-p1-fn-1"}
    assert not first & second


@pytest.mark.parametrize("scope", ["A", "a b", '"', "-", "a--b", "é"])
def test_a_scope_that_could_not_be_part_of_an_id_is_an_error(scope):
    with pytest.raises(ValueError, match="not a scope"):
        markup.render("a", scope=scope)


# Bounds

TABLE = "|a" * 30 + "|\n" + "|-" * 30 + "|\n"
BOUNDS = {
    "too_long": ("a b\n" * 4_999 + "a bc", "a b\n" * 5_000 + "a", 20_000, 20_001),
    "line_too_long": ("a" * 2_000, "a" * 2_001, 2_000, 2_001),
    "nesting_too_deep": ("> " * 20 + "a", "> " * 21 + "a", 20, 21),
    "table_too_wide": (TABLE, "|a" * 31 + "|\n" + "|-" * 31 + "|", 30, 31),
    "table_too_long": ("a|b\n-|-\n" + "c|d\n" * 500, "a|b\n-|-\n" + "c|d\n" * 501, 500, 501),
    "too_many_links": ("[a](/b)\n" * 200, "[a](/b)\n" * 201, 200, 201),
    "too_many_footnotes": (
        "\n".join(f"[^{n}]: a" for n in range(100)),
        "\n".join(f"[^{n}]: a" for n in range(101)),
        100,
        101,
    ),
    "too_many_mentions": (
        " ".join(f"@abc{n}" for n in range(50)),
        " ".join(f"@abc{n}" for n in range(51)),
        50,
        51,
    ),
}


@pytest.mark.parametrize("code", BOUNDS)
def test_a_text_at_the_bound_is_rendered_and_one_beyond_is_refused_with_both_numbers(code):
    at_bound, beyond, allowed, actual = BOUNDS[code]
    markup.render(at_bound.rstrip())
    refused = refusal(beyond)
    assert refused.code == code
    assert refused.params == {"allowed": allowed, "actual": actual}
    assert str(allowed) in str(refused)


@pytest.mark.parametrize("code", [code for code in BOUNDS if code != "too_many_mentions"])
def test_what_can_be_counted_is_refused_before_rendering(code):
    check_bounds(BOUNDS[code][0].rstrip())
    with pytest.raises(Refused) as caught:
        check_bounds(BOUNDS[code][1])
    assert caught.value.code == code


def test_html_that_outgrows_its_text_is_refused():
    assert refusal("#1 " * 600 + "\n" + "\n".join(["#1 " * 600] * 8)).code == "output_too_large"


def test_brackets_are_bounded_like_other_nesting():
    assert refusal("[a" * 21).code == "nesting_too_deep"


def test_a_guide_may_be_longer_than_a_post():
    text = "kata\n" * 8_000
    assert refusal(text).code == "too_long"
    markup.render(text, GUIDE)


def test_lines_inside_fences_may_be_long():
    markup.render("```\n" + "a" * 10_000 + "\n```")


def test_megabytes_are_refused_at_once():
    assert refusal("a" * 5_000_000).code == "too_long"


def test_the_corpus_of_hostile_shapes_is_large():
    assert len(SHAPES) >= 100


# Text


def test_a_flood_of_accents_is_normalised_at_once_and_cut():
    start = time.monotonic()
    result = normalise("a" + "\u0301\u0316\u0344" * 300_000)
    assert time.monotonic() - start < 5
    assert len(result) <= 31
    assert normalise(result) == result
    assert normalise("e\u0301\u0323") == "\u1eb9\u0301"


def test_marks_without_end_are_judged_at_once():
    start = time.monotonic()
    for piece in ("#", "-", "*_", ">", "1.", "[](", "`", "-[]", " \n"):
        assert not is_blank(piece * 20_000 + "x")
    assert time.monotonic() - start < 2


def test_normalised_text_has_only_what_is_stored():
    assert normalise("a\r\nb\rc\x00\x1b\ud800e\u0301\td\n\n \n") == "a\nb\nce\u0301\td".replace("e\u0301", "é")


@pytest.mark.parametrize(
    "text",
    [
        "", " \n\t", "\u200b\u200f\u202a\u2060\u2064\ufeff\u00ad\u115f\u3164\u180e", "&nbsp;&#8203;", "***", "> > ", "- \n- [ ]",
        "# ", "```\n```", "```python\n\n```", "[](https://a.id)", "---", "|  |  |\n|--|--|", "1.",
        "~~~~", "[a]: /b", "\x00", "``", "> - \u3164",
    ],
)  # fmt: skip
def test_text_without_anything_to_see_is_blank(text):
    assert is_blank(text)


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "?",
        "...",
        "👍",
        ":)",
        "+1",
        "1",
        "![](/lampiran/1/a.png)",
        "#5",
        "@ab",
        "[a](/b)",
        "- [x] ya",
        "ﷺ",
        "1. a",
        "```halo",
    ],
)
def test_text_with_something_to_see_is_not_blank(text):
    assert not is_blank(text)


def test_plain_text_has_a_line_for_each_block():
    text = "# Judul\nHalo **semua**\nbaris[^1]\n\n3. a\n4. b\n   - c\n\n- [x] d\n\n> e\n\n"
    text += "|f|g|\n|-|-|\n|h|i|\n\n![j](/lampiran/1)\n\n[^1]: k"
    assert plain_text(markup.render(text).html) == (
        "Judul\nHalo semua\nbaris[1]\n3. a\n4. b\n- c\n- ☑ d\ne\nf g\nh i\nj\n1. k"
    )


def test_an_excerpt_is_one_line_cut_at_a_word():
    assert excerpt("satu\ndua  tiga", 100) == "satu dua tiga"
    assert excerpt("satu dua, tiga", 11) == "satu dua…"
    assert excerpt("a" * 50, 10) == "a" * 9 + "…"


@given(st.text(max_size=80), st.integers(min_value=2, max_value=40))
def test_an_excerpt_is_never_longer_than_asked(text, length):
    assert len(excerpt(text, length)) <= length


def test_the_renderer_imports_nothing_heavy():
    code = "import sys, forum.core.sandbox; print([n for n in ('flask', 'sqlalchemy', 'babel', 'jinja2') if n in sys.modules])"
    root = Path(markup.__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
