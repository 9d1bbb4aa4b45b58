"""How long renders take, alone and beside hostile ones: `python -m tests.bench.render_bench`."""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from forum.core import markup
from forum.core.markup import GUIDE, POST, Limits, Refused
from forum.core.sandbox import Renderer
from tests.unit.core.hostile_shapes import hostile_texts

ROOT = Path(markup.__file__).parents[3]
CORPUS = ROOT / "tests/unit/core/markup_corpus/honest_posts.txt"
HONEST = [part.split("\n", 1)[1] for part in CORPUS.read_text(encoding="utf-8").split("%%% ")[1:]]
LARGE = 10**7
UNBOUNDED = Limits(LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE)
ENDLESS = "[a" * 40_000


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    with contextlib.suppress(Refused):
        work()
    return (time.perf_counter() - start) * 1_000


def summary(name: str, times: list[float]) -> None:
    times = sorted(times)
    p95 = times[int(len(times) * 0.95)]
    print(
        f"{name:52} n={len(times):5}  median {statistics.median(times):7.1f}  p95 {p95:7.1f}  max {times[-1]:7.1f} ms"
    )


def honest_round(renderer: Renderer, times: int) -> list[float]:
    return [milliseconds(lambda text=text: renderer.render(text)) for _ in range(times) for text in HONEST]


def honest_until(renderer: Renderer, end: float) -> list[float]:
    """One reader who previews every 50 ms."""
    times = []
    while time.monotonic() < end:
        times.append(milliseconds(lambda: renderer.render(HONEST[len(times) % len(HONEST)])))
        time.sleep(0.05)
    return times


def beside_hostile(renderer: Renderer, hostile: int, seconds: float = 6.0) -> tuple[list[float], list[float]]:
    """Times of honest renders by 2 threads, and of hostile ones of which so many are always running."""
    end = time.monotonic() + seconds
    hostile_times: list[float] = []

    def attack() -> None:
        while time.monotonic() < end:
            hostile_times.append(milliseconds(lambda: renderer.render(ENDLESS, UNBOUNDED)))

    attackers = [threading.Thread(target=attack) for _ in range(hostile)]
    for attacker in attackers:
        attacker.start()
    with ThreadPoolExecutor(2) as pool:
        honest = [time for times in pool.map(lambda _: honest_until(renderer, end), range(2)) for time in times]
    for attacker in attackers:
        attacker.join()
    return honest, hostile_times


def throughput(renderer: Renderer) -> None:
    texts = HONEST * 50
    for threads in (1, os.cpu_count() or 1):
        with ThreadPoolExecutor(threads) as pool:
            total = milliseconds(lambda pool=pool: list(pool.map(renderer.render, texts))) / 1_000
        print(f"{len(texts) / total:.0f} posts a second with {threads} thread(s)")


def command_throughput() -> None:
    lines = "\n".join(json.dumps({"id": n, "text": text}) for n, text in enumerate(HONEST * 100))
    program = [sys.executable, "-c", "from forum.cli.render import render; render(['--jsonl'])"]
    seconds = milliseconds(
        lambda: subprocess.run(program, input=lines.encode(), cwd=ROOT, check=True, capture_output=True)
    )
    print(f"{len(HONEST) * 100_000 / seconds:.0f} lines a second through render --jsonl, start included")


def shapes(renderer: Renderer) -> None:
    worst = sorted(
        ((milliseconds(lambda t=text: renderer.render(t)), name) for name, text in hostile_texts()), reverse=True
    )
    print("slowest shapes within the bounds:")
    for duration, name in worst[:8]:
        print(f"  {duration:7.1f} ms  {name}")


def main() -> None:
    renderer = Renderer()
    try:
        summary("first render, nursery included", [milliseconds(lambda: renderer.render("a"))])
        summary(
            "in this process",
            [milliseconds(lambda text=text: markup.render(text)) for _ in range(10) for text in HONEST],
        )
        summary("through the sandbox", honest_round(renderer, 10))
        long_post = "\n\n".join(HONEST)[: POST.characters]
        summary(
            f"all honest posts as one ({len(long_post)} characters)", [milliseconds(lambda: renderer.render(long_post))]
        )
        plain = [text for text in HONEST if not any(mark in text for mark in ("](", "http", "[^"))]
        guide = "\n\n".join(plain * 14)[: GUIDE.characters]
        summary(
            f"a guide of {len(guide)} characters",
            [milliseconds(lambda: renderer.render(guide, GUIDE)) for _ in range(5)],
        )
        for hostile in (0, 1, 8, 14):
            honest, refused = beside_hostile(renderer, hostile)
            summary(f"honest beside {hostile} hostile", honest)
            if refused:
                summary(f"the {hostile} hostile themselves", refused)
        throughput(renderer)
        command_throughput()
        shapes(renderer)
    finally:
        renderer.close()


if __name__ == "__main__":
    main()
