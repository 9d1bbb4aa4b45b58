"""Pages with files cost no more statements than those without, and stay light."""

from __future__ import annotations

import gzip
import re

from flask.testing import FlaskClient

from forum.core.db import transaction
from forum.discussions.services import curating, reading
from tests.factories.accounts import a_member, sign_in, viewer_for
from tests.factories.discussions import a_board, a_thread, plant
from tests.factories.files import an_attachment

MOST = 8


def test_a_thread_with_files_costs_the_same(client: FlaskClient) -> None:
    author, reader = a_member(), a_member()
    sign_in(client, reader)
    found = []
    for each in (0, 1, 10):
        thread = a_thread(author, a_board())
        posts = plant(author, thread, [None] * 20)
        with transaction():
            curating.solve(viewer_for(author), posts[-1], on=True)
        own = an_attachment(reader)
        with transaction():
            reading.save_draft(viewer_for(reader), f"reply:{thread.post_id}", {"body": f"[a](/lampiran/{own.token})"})
        for post_id in (thread.post_id, *posts):
            for n in range(each):
                an_attachment(author, owner=("post", post_id), name=f"Surat edaran nomor {n}.pdf")
        costs = []
        for url in (
            thread.url,
            f"{thread.url}?tampilan=datar",
            f"{thread.url}?balasan={posts[-2]}",
            f"{thread.url}/cabang/{posts[0]}",
        ):
            answer = client.get(url)
            page = answer.get_data(as_text=True)
            costs.append(int(re.search(r'sql;desc="(\d+)"', answer.headers["Server-Timing"])[1]))
            assert len(gzip.compress(page.encode(), 6)) < 40_000
            assert page.count('class="files"') == (0 if not each else page.count('class="acts"'))
        assert f'name="lampiran" value="{own.token}"' in client.get(thread.url).get_data(as_text=True)
        found.append(costs)
    assert found[0] == found[1] == found[2]
    assert max(found[0]) <= MOST
