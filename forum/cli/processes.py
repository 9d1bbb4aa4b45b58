"""Two child processes kept alive: the web server and the worker."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import NoReturn

import click

# Who is asked to stop may finish requests and the current job, but takes no longer than this.
GRACE_SECONDS = 15
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0


def supervise(web: Callable[[], None], worker: Callable[[], None]) -> None:
    """Run both in child processes until SIGINT or SIGTERM. A dead worker is started again, after a pause that grows."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    children = {"web": _fork(web), "worker": _fork(worker)}
    pause, started, restart_at = FIRST_PAUSE, time.monotonic(), 0.0
    status = 0
    while not stop.wait(0.2):
        for name in [name for name, pid in children.items() if _ended(pid)]:
            del children[name]
        if "web" not in children:
            click.echo("The web server has ended; stopping.", err=True)
            status = 1
            break
        if "worker" not in children:
            now = time.monotonic()
            if not restart_at:
                pause = FIRST_PAUSE if now - started > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
                restart_at = now + pause
                click.echo(f"The worker has ended; starting it again in {pause:.0f} s.", err=True)
            elif now >= restart_at:
                children["worker"], started, restart_at = _fork(worker), now, 0.0
    _stop(list(children.values()))
    sys.exit(status)


def _fork(run: Callable[[], None]) -> int:
    pid = os.fork()
    if not pid:
        _in_child(run)
    return pid


def _in_child(run: Callable[[], None]) -> NoReturn:
    status = 1
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        end_with_parent()
        run()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except KeyboardInterrupt:
        pass
    except Exception:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def end_with_parent() -> None:
    """Linux: the child gets SIGTERM when the supervisor is killed outright."""
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _ended(pid: int) -> bool:
    return os.waitpid(pid, os.WNOHANG) != (0, 0)


def _stop(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while pids and time.monotonic() < deadline:
        pids = [pid for pid in pids if not _ended(pid)]
        time.sleep(0.02)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
