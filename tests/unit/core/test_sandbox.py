import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from forum.core import markup, sandbox
from forum.core.markup import POST, Limits, Refused
from forum.core.sandbox import Renderer
from tests.unit.core.hostile_shapes import hostile_texts

ROOT = Path(sandbox.__file__).parents[2]
# Every shape that we know is refused by the bounds. To see the clock at work they must be out of the way.
UNBOUNDED = Limits(
    characters=10**7, line=10**7, nesting=10**6, table_columns=10**6, table_rows=10**6, links=10**6, footnotes=10**6,
    mentions=10**6,
)  # fmt: skip
ENDLESS = "[a" * 40_000
PROMPT = 2.5
"""Seconds within which every text is answered."""


@pytest.fixture(scope="module")
def renderer():
    renderer = Renderer()
    yield renderer
    renderer.close()


def code_of(renderer: Renderer, text: str, limits: Limits = POST) -> tuple[str, float]:
    """The code of the refusal ("" if rendered) and the seconds it took."""
    start = time.monotonic()
    try:
        renderer.render(text, limits)
        code = ""
    except Refused as refused:
        code = refused.code
    return code, time.monotonic() - start


def running(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def children_of(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(entry.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(entry.parent.name))
    return found


def family_of(pid: int) -> list[int]:
    return [member for child in children_of(pid) for member in (child, *family_of(child))]


def wait_until(condition, seconds: float = 3.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return bool(condition())


def test_a_worker_gives_what_the_renderer_gives(renderer):
    text = "Halo @budi dan @siti, lihat #5[^1]\n\n[^1]: \ud800kaki"
    options = {"known": frozenset({"siti"}), "scope": "p9"}
    assert renderer.render(text, **options) == markup.render(text, **options)


def test_refusals_keep_their_code_and_numbers(renderer):
    with pytest.raises(Refused) as caught:
        renderer.render("> " * 30 + "a")
    assert (caught.value.code, caught.value.params) == ("nesting_too_deep", {"actual": 21, "allowed": 20})


def test_a_scope_that_is_none_is_the_callers_error(renderer):
    with pytest.raises(ValueError, match="not a scope"):
        renderer.render("a", scope="<")


def test_every_hostile_shape_is_rendered_or_refused_in_time(renderer):
    def attempt(case):
        name, text = case
        return name, *code_of(renderer, text)

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(attempt, hostile_texts()))
    assert not [outcome for outcome in outcomes if outcome[2] > PROMPT]
    assert sum(code == "" for _, code, _ in outcomes) > 100
    assert sum(code != "" for _, code, _ in outcomes) > 100


def test_a_text_that_takes_too_long_is_refused_and_the_next_one_rendered(renderer):
    code, seconds = code_of(renderer, ENDLESS, UNBOUNDED)
    assert code == "too_complex"
    assert seconds < PROMPT
    assert renderer.render("a").html == "<p>a</p>"


def test_eight_endless_texts_at_once_are_refused_in_time_and_honest_ones_served_meanwhile(renderer):
    with ThreadPoolExecutor(8) as pool:
        endless = [pool.submit(code_of, renderer, ENDLESS, UNBOUNDED) for _ in range(8)]
        time.sleep(0.3)
        honest = [code_of(renderer, "Halo **semua** @budi\n\n- a\n- b")[1] for _ in range(20)]
    outcomes = [task.result() for task in endless]
    assert {code for code, _ in outcomes} == {"too_complex"}
    assert max(seconds for _, seconds in outcomes) < PROMPT
    assert sorted(honest)[18] < 0.5


def test_a_text_that_takes_too_much_memory_is_refused_and_the_next_one_rendered():
    renderer = Renderer(memory_mib=128, timeout=90)
    try:
        assert renderer.render("a").html == "<p>a</p>"
        code, seconds = code_of(renderer, "```\n" + "<" * 9_000_000 + "\n```", UNBOUNDED)
        assert code == "too_complex"
        assert seconds < 80, "the clock, not the memory limit, ended it"
        assert renderer.render("a").html == "<p>a</p>"
    finally:
        renderer.close()


def test_a_text_that_recurses_too_deep_is_refused_and_the_next_one_rendered(renderer):
    assert code_of(renderer, "> " * 2_000 + "a", UNBOUNDED)[0] == "too_complex"
    assert renderer.render("a").html == "<p>a</p>"


def test_a_worker_killed_while_it_renders_is_a_refusal(renderer):
    with ThreadPoolExecutor(1) as pool:
        task = pool.submit(code_of, renderer, ENDLESS, UNBOUNDED)
        assert wait_until(lambda: any(worker.slow for worker in renderer._all))
        busy = next(worker for worker in renderer._all if worker.slow and worker.handle is not None)
        os.kill(busy.pid, signal.SIGKILL)
        code, seconds = task.result()
    assert code == "too_complex"
    assert seconds < 1.9
    assert renderer.render("a").html == "<p>a</p>"


def test_idle_workers_that_were_killed_harm_nobody(renderer):
    renderer.render("a")
    for worker in list(renderer._idle):
        os.kill(worker.pid, signal.SIGKILL)
        assert wait_until(lambda pid=worker.pid: not running(pid))
    assert renderer.render("a").html == "<p>a</p>"


def test_a_killed_nursery_is_replaced(renderer):
    renderer.render("a")
    os.kill(renderer._nursery.process.pid, signal.SIGKILL)
    assert wait_until(lambda: not any(running(worker.pid) for worker in renderer._idle))
    assert renderer.render("a").html == "<p>a</p>"


def test_a_fault_of_the_renderer_is_logged_and_refused(caplog):
    with pytest.raises(Refused) as caught:
        sandbox._result({"bug": "KeyError: 'x'", "spent": True})
    assert caught.value.code == "too_complex"
    assert "KeyError" in caplog.text


def test_any_answer_of_a_worker_tells_of_a_fault_instead_of_raising():
    assert "bug" in sandbox._answer(b"not json")


def test_who_finds_all_workers_busy_is_told_so():
    renderer = Renderer(timeout=0.4, workers=1)
    try:
        renderer.render("a")
        with ThreadPoolExecutor(3) as pool:
            codes = [
                task.result()[0] for task in [pool.submit(code_of, renderer, ENDLESS, UNBOUNDED) for _ in range(3)]
            ]
        assert set(codes) <= {"too_complex", "busy"}
        assert "busy" in codes
        assert renderer.render("a").html == "<p>a</p>"
    finally:
        renderer.close()


def test_few_workers_are_kept(renderer):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(renderer.render, ["kata " * 300] * 40))
    assert len(renderer._idle) <= renderer._kept


def test_many_threads_get_their_own_answers(renderer):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(renderer.render, [f"nomor {n}" for n in range(200)]))
    assert [answer.html for answer in answers] == [f"<p>nomor {n}</p>" for n in range(200)]


def test_the_default_renderer_is_one_and_starts_nothing_before_it_is_used():
    code = (
        "import os; from forum.core.sandbox import default_renderer as d\n"
        "assert d() is d() and d()._nursery is None\n"
        "d().render('a'); print('ok')"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=20
    )
    assert (done.stdout, done.stderr) == ("ok\n", "")


def test_after_a_fork_each_process_has_workers_of_its_own():
    code = """
import os
from forum.core.sandbox import default_renderer
renderer = default_renderer()
assert renderer.render("induk").html == "<p>induk</p>"
mine = renderer._nursery.process.pid
child = os.fork()
if child == 0:
    assert renderer._nursery is None and default_renderer() is renderer
    assert renderer.render("anak").html == "<p>anak</p>"
    assert renderer._nursery.process.pid != mine
    renderer.close()
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert renderer.render("induk lagi").html == "<p>induk lagi</p>"
assert renderer._nursery.process.pid == mine
print("ok")
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=20
    )
    assert (done.stdout, done.stderr) == ("ok\n", "")


PARENT = """
import signal, threading, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the suite runs in the background of a shell
from tests.unit.core.test_sandbox import ENDLESS, UNBOUNDED
from forum.core.sandbox import Renderer
renderer = Renderer(timeout=60)
renderer.render("a")
threading.Thread(target=renderer.render, args=(ENDLESS, UNBOUNDED), daemon=True).start()
time.sleep(0.3)
print("busy", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_the_one_that_started_it(how):
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as parent:
        assert parent.stdout.readline() == b"busy\n"
        family = family_of(parent.pid)
        assert len(family) >= 2
        parent.send_signal(how)
        parent.wait(10)
    assert wait_until(lambda: not any(running(pid) for pid in family))


def test_closing_leaves_no_process_and_no_thread_behind():
    threads = threading.active_count()
    renderer = Renderer()
    renderer.render("a")
    family = [renderer._nursery.process.pid, *(worker.pid for worker in renderer._idle)]
    renderer.close()
    renderer.close()
    assert wait_until(lambda: not any(running(pid) for pid in family))
    assert threading.active_count() == threads
    assert not [pid for pid in family if pid in children_of(os.getpid())]


def test_a_worker_that_was_used_up_is_replaced():
    renderer = Renderer()
    try:
        renderer.render("a")
        first = renderer._idle[0].pid
        for _ in range(sandbox._RENDERS_PER_WORKER):
            assert renderer.render("a").html == "<p>a</p>"
        assert [worker.pid for worker in renderer._idle] != [first]
    finally:
        renderer.close()
