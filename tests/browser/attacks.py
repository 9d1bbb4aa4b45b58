"""What an attacker would write. Each calls `pwned` should a browser take it for code; `{n}` becomes the number of the string."""

from __future__ import annotations

_TEMPLATES = r'''
<script>pwned({n})</script>
<ScRiPt>pwned({n})</sCrIpT>
<script src=data:text/javascript,pwned({n})></script>
<script type=module>pwned({n})</script>
<script
>pwned({n})</script
>
<<script>pwned({n});//<</script>
</title><script>pwned({n})</script>
</textarea><script>pwned({n})</script>
</style></noscript></template><script>pwned({n})</script>
"><script>pwned({n})</script>
'><script>pwned({n})</script>
--><script>pwned({n})</script>
]]><script>pwned({n})</script>
<img src=x onerror=pwned({n})>
<img src=x onerror="pwned({n})"//
<img/src/onerror=pwned({n})>
<IMG """><SCRIPT>pwned({n})</SCRIPT>">
<img src="x` `<script>pwned({n})</script>"` `>
<image src=x onerror=pwned({n})>
" onfocus=pwned({n}) autofocus x="
' onmouseover=pwned({n}) x='
` onload=pwned({n}) `
<svg onload=pwned({n})>
<svg><script>pwned({n})</script></svg>
<svg><script>pwned&#40;{n})</script></svg>
<svg><animate onbegin=pwned({n}) attributeName=x dur=1s></svg>
<svg><a xlink:href="javascript:pwned({n})"><text y=20>klik</text></a></svg>
<svg><set attributeName=onmouseover to=pwned({n})></svg>
<svg><foreignObject><iframe srcdoc="<script>parent.pwned({n})</script>"></iframe></foreignObject></svg>
<math><mtext><table><mglyph><style><img src=x onerror=pwned({n})></style></mglyph></table></mtext></math>
<math href="javascript:pwned({n})">klik</math>
<math><mi xlink:href="data:x,<script>pwned({n})</script>"></math>
<iframe src="javascript:parent.pwned({n})"></iframe>
<iframe srcdoc="<script>parent.pwned({n})</script>"></iframe>
<object data="javascript:pwned({n})"></object>
<embed src="javascript:pwned({n})">
<applet code="javascript:pwned({n})"></applet>
<body onload=pwned({n})>
<body onpageshow=pwned({n})>
<frameset onload=pwned({n})></frameset>
<details open ontoggle=pwned({n})>x</details>
<input onfocus=pwned({n}) autofocus>
<select autofocus onfocus=pwned({n})></select>
<textarea autofocus onfocus=pwned({n})></textarea>
<video><source onerror=pwned({n})></video>
<video src=x onerror=pwned({n})></video>
<audio src=x onerror=pwned({n})></audio>
<marquee onstart=pwned({n})>x</marquee>
<dialog open onclose=pwned({n})></dialog>
<style onload=pwned({n})>*{}</style>
<style>@import 'javascript:pwned({n})';</style>
<link rel=stylesheet href="data:text/css,*{}" onload=pwned({n})>
<link rel=modulepreload href=/static/img/favicon.svg onerror=pwned({n})>
<base href="javascript:/pwned({n})//">
<meta http-equiv=refresh content="0;url=javascript:pwned({n})">
<form action="javascript:pwned({n})"><button autofocus>kirim</button></form>
<button formaction="javascript:pwned({n})">klik</button>
<a href="javascript:pwned({n})">klik</a>
<a href="jav&#x09;ascript:pwned({n})">klik</a>
<a href=" &#14; javascript:pwned({n})">klik</a>
<a href="data:text/html,<script>opener.pwned({n})</script>">klik</a>
<a href="vbscript:pwned({n})">klik</a>
<p style="background:url(javascript:pwned({n}))">x</p>
<div style="animation:x" onanimationstart=pwned({n})>x</div>
<x contenteditable onbeforeinput=pwned({n}) autofocus tabindex=1 onfocus=pwned({n})>x</x>
<noscript><p title="</noscript><img src=x onerror=pwned({n})>">
<template><img src=x onerror=pwned({n})></template>
<xmp><img src=x onerror=pwned({n})></xmp>
<plaintext><img src=x onerror=pwned({n})>
<!--><img src=x onerror=pwned({n})>-->
<![CDATA[<img src=x onerror=pwned({n})>]]>
<?xml version="1.0"?><x xmlns="http://www.w3.org/1999/xhtml" onload=pwned({n})/>
[klik](javascript:pwned({n}))
[klik](JaVaScRiPt:pwned({n}))
[klik](&#106;avascript:pwned({n}))
[klik](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)
[klik](<java	script:pwned({n})>)
![x](javascript:pwned({n}))
![x](x "onerror=pwned({n})")
![x" onerror="pwned({n})](x)
[x](https://contoh.go.id "\" onmouseover=pwned({n}) \"")
<javascript:pwned({n})>
https://contoh.go.id/"onmouseover="pwned({n})
@pegawai"onmouseover="pwned({n})
#1"onmouseover="pwned({n})
`<img src=x onerror=pwned({n})>`
| a | b |
&lt;img src=x onerror=pwned({n})&gt;
{{ 7*7 }} {% raw %} ${pwned({n})}
\u003cimg src=x onerror=pwned({n})\u003e
%3Cscript%3Epwned({n})%3C/script%3E
javascript:pwned({n})
'''


def attacks() -> list[str]:
    """The attack strings, one a line of the list above, numbered from 0."""
    return [line.replace("{n}", str(n)) for n, line in enumerate(filter(None, _TEMPLATES.splitlines()))]
