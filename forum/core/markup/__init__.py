"""Markdown in, safe HTML out: the one renderer of posts and guides.

Three steps, each of which can refuse a text (`Refused`):

1. *Blocks* (`blocks`): lines become a tree of paragraphs, lists, quotes, tables, code. This is our own pass, not
   Python-Markdown's, because people here write the way they chat: a list right below its sentence, two spaces
   to nest, first lines indented by a tab. All bounds on size and shape (`limits`) are checked here.
2. *Inline* (`inline`, `finish`): Python-Markdown finds emphasis, code and links inside each block; mentions (`@name`)
   and references (`#12`) are inline processors of our own.
3. *Sanitise* (`sanitiser`): nh3 with an allow-list, the very last step. Nothing after it may build HTML.

Raw HTML is never passed through. It is shown as the text that was typed, except for a few attribute-free inline
tags (`<u>`, `<sub>`, `<br>` ...) that become elements of the tree. Letting the sanitiser drop unknown tags would
be as safe, but it would swallow visible words: "isi <nama instansi> di sini" is a sentence, not markup.

Hostile shapes can make step 2 slow. Do not call `render` on users' text in a web process: `forum.core.sandbox`
does it in a child that can be killed. This package imports nothing of the application, so that such a child starts fast.
"""

from forum.core.markup.addresses import upload_address, uploads_in
from forum.core.markup.limits import GUIDE, POST, Limits, Refused, check_length
from forum.core.markup.rendering import RENDERER_VERSION, Rendered, check_bounds, check_scope, render, scope_of
from forum.core.markup.sanitiser import clean
from forum.core.markup.text import excerpt, is_blank, normalise, plain_text

__all__ = [
    "GUIDE",
    "POST",
    "RENDERER_VERSION",
    "Limits",
    "Refused",
    "Rendered",
    "check_bounds",
    "check_length",
    "check_scope",
    "clean",
    "excerpt",
    "is_blank",
    "normalise",
    "plain_text",
    "render",
    "scope_of",
    "upload_address",
    "uploads_in",
]
