"""`python -m tests.browser.seed`: threads of odd shapes in the installation of INSTANCE_PATH; prints where they are as JSON.

They go through the services, as everything does. What attackers write goes to the curators' board, out of the others' sight.
"""

from __future__ import annotations

import json
import sys
from itertools import count

from flask import Flask
from sqlalchemy import select

from forum.accounts.models import User
from forum.app import create_app
from forum.core.db import db, transaction
from forum.core.markup import is_blank
from forum.core.viewer import Role, Viewer
from forum.discussions.queries.records import opening_post_id
from forum.discussions.services import changing, reading, texts, writing
from forum.discussions.services.writing import Written
from tests.browser.attacks import attacks

_numbers = count(1)
ATTACKS_PER_POST = 8
DEEP = 12
MANY_BRANCHES = 45
MANY_CHILDREN = 9

WIDE_TABLE = (
    "| "
    + " | ".join(f"Kolom nomor {n}" for n in range(1, 13))
    + " |\n"
    + "|---" * 12
    + "|\n"
    + "| isi sel " * 12
    + "|\n"
)
EVERYTHING = f"""Satu kiriman dengan segala bentuk tulisan, untuk melihat bahwa halaman tidak melebar.

## Judul bagian

{WIDE_TABLE}

```
baris kode yang sangat panjang {"tanpa akhir " * 20}
```

Kata yang tidak dapat dipenggal: {"a" * 140} dan https://contoh.go.id/{"alamat-yang-panjang/" * 8}

- [x] selesai
- [ ] belum

> kutipan
>
> > di dalam kutipan

1. satu
    1. satu a

Catatan kaki.[^1]

[^1]: Bunyinya.

!!! note "Perhatian"
    Kotak keterangan.

~~dicoret~~ **tebal** *miring* `kode`
"""


def _viewer(username: str) -> Viewer:
    user = db.session.scalars(select(User).where(User.username == username)).one()
    return Viewer(id=user.id, username=username, name=user.name, role=Role(user.role), unit_id=user.unit_id)


def _key() -> str:
    return f"benih-peramban-{next(_numbers)}"


def _open(actor: Viewer, title: str, body: str, *, board: str = "belajar-evaluasi", tags: str = "") -> Written:
    text = texts.post_text(body)
    with transaction():
        return writing.open_thread(
            actor, board=board, kind="question", title=title, tags=tags, text=text, key=_key(), is_sample=True
        )


def _reply(actor: Viewer, thread: Written, parent: int, body: str) -> Written:
    text = texts.post_text(body)
    with transaction():
        return writing.post_reply(actor, thread.thread_id, parent, text, _key())


def _opening(thread: Written) -> int:
    return opening_post_id(thread.thread_id)


def deep(people: list[Viewer]) -> dict[str, object]:
    """A chain of replies, each to the one before."""
    thread = _open(people[0], "Percakapan yang sangat dalam", "Pembuka percakapan berantai.\n\n" + EVERYTHING)
    chain = [_opening(thread)]
    for n in range(1, DEEP + 1):
        chain.append(
            _reply(people[n % 3], thread, chain[-1], f"Balasan pada kedalaman {n}, cukup panjang untuk dibaca.").post_id
        )
    return {"url": thread.url, "posts": chain}


def wide(people: list[Viewer]) -> dict[str, object]:
    """Three pages of branches, the first of them with more children than are shown."""
    thread = _open(people[0], "Percakapan yang sangat lebar", "Pembuka dengan banyak balasan langsung.")
    branches = [
        _reply(people[n % 3], thread, _opening(thread), f"Balasan langsung nomor {n} di percakapan ini.").post_id
        for n in range(1, MANY_BRANCHES + 1)
    ]
    children = [
        _reply(people[n % 3], thread, branches[0], f"Anak nomor {n} dari balasan pertama.").post_id
        for n in range(1, MANY_CHILDREN + 1)
    ]
    return {"url": thread.url, "branches": branches, "children": children}


def hostile(curator: Viewer) -> dict[str, object]:
    """Every attack as title, body, tag and draft; each title edited, so that the history shows it too."""
    strings = attacks()
    threads, edited = [], []
    for start in range(0, len(strings), ATTACKS_PER_POST):
        some = strings[start : start + ATTACKS_PER_POST]
        title = _title(" ".join(some))
        thread = _open(curator, title, _body(some), board="ruang-kurator", tags=_tags(some[0]))
        for one in some:
            _reply(curator, thread, _opening(thread), _body([one]))
        text = texts.post_text(_body(list(reversed(some))))
        with transaction():
            changing.edit_post(
                curator,
                _opening(thread),
                version=1,
                text=text,
                title=_title(" ".join(reversed(some))),
                reason=some[0][:200],
            )
        threads.append(thread.url)
        edited.append(_opening(thread))
    for n, post in enumerate(edited[:3]):
        fields = {
            "title": strings[n],
            "body": strings[n + 3] + "\n\n" + strings[n + 6],
            "board_slug": "",
            "kind": "",
            "tags": strings[n + 9],
        }
        with transaction():
            reading.save_draft(curator, f"reply:{post}", fields)
    return {"threads": threads, "posts": edited, "count": len(strings)}


def _title(text: str) -> str:
    title = " ".join(text.split())[:150]
    return title if not is_blank(title) else "Judul penyerang"


def _body(strings: list[str]) -> str:
    return "Kiriman penyerang.\n\n" + "\n\n".join(strings)


def _tags(text: str) -> str:
    """A tag out of the attack, as far as tags let it in."""
    return "".join(char for char in text if char not in ",")[:30]


def main() -> None:
    app: Flask = create_app()
    with app.app_context():
        curator = _viewer("kurator")
        people = [_viewer(name) for name in ("nurhayati", "bayu.prasetyo", "melati.purba")]
        json.dump({"deep": deep(people), "wide": wide(people), "hostile": hostile(curator)}, sys.stdout)


if __name__ == "__main__":
    main()
