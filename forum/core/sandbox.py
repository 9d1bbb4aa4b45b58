"""Renders Markdown in child processes that can be killed.

Some short texts make a Markdown renderer run for minutes or take gigabytes. Rendering therefore happens outside the
process that serves people, under a time and a memory limit, and a text that passes either is refused.

    process that serves --- socket --- nursery (one, imports the renderer, forks, does nothing else)
             \\------------ socket --- worker, worker, ... (forked from the nursery, kept while they behave)

Why not a fixed pool: N hostile texts block N workers, and everybody waits. Here a render takes an idle worker, or has
a new one forked (2-3 ms); the number grows with what arrives at once, up to `workers`. A worker that has not answered
after a moment gets the lowest priority, so that the ordinary text that arrives next has the processor. Measured with
8 hostile texts running on 2 cores: see tests/bench/render_bench.py.

Why a nursery: forking a process that has threads copies locks in unknown states. The nursery is started with exec and has
one thread. It dies when its socket closes, whatever kills the process that serves, and takes its workers along.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import json
import logging
import os
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from forum.core.markup import POST, Limits, Refused, Rendered, check_length, check_scope, render

log = logging.getLogger(__name__)

_LENGTH = struct.Struct("!I")
_PATIENCE = 0.1
"""Seconds after which a render yields to others. Ordinary posts need 2-10 ms, the longest guide about 200."""
_RENDERS_PER_WORKER = 2_000
_LOWEST_PRIORITY = 19
_PR_SET_PDEATHSIG = 1
_C_LIBRARY = ctypes.CDLL(None)


class Renderer:
    """Renders texts in killable workers. Any thread may use it at any time, also after a fork.

    `timeout` is in seconds of wall time for one text, `memory_mib` the address space of one worker, `workers` how
    many texts can be rendered at once; idle ones beyond the number of processors are let go.
    """

    def __init__(self, *, timeout: float = 2.0, memory_mib: int = 512, workers: int = 16) -> None:
        self._timeout = timeout
        self._memory = memory_mib << 20
        self._workers = workers
        self._kept = max(2, os.cpu_count() or 1)
        self._begin()
        _renderers.add(self)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(self._workers)
        self._idle: list[_Worker] = []
        self._all: weakref.WeakSet[_Worker] = weakref.WeakSet()
        self._nursery: _Nursery | None = None

    def render(
        self,
        text: str,
        limits: Limits = POST,
        *,
        known: frozenset[str] | None = None,
        images: Mapping[str, tuple[int, int]] | None = None,
        scope: str = "",
    ) -> Rendered:
        """Like `markup.render`, but never longer than the time limit.

        Raises Refused: "too_complex" for a text that takes too long or too much memory, "busy" when no worker came
        free in time, else what `markup.render` says.
        """
        check_length(text, limits)
        check_scope(scope)
        deadline = time.monotonic() + self._timeout
        if not self._slots.acquire(timeout=self._timeout):
            raise Refused("busy")
        try:
            worker = self._take()
            # Waiting for a slot must not shorten the time of an innocent text to nothing.
            deadline = max(deadline, time.monotonic() + self._timeout / 4)
            return self._render_with(worker, _request(text, limits, known, images, scope), deadline)
        finally:
            self._slots.release()

    def _render_with(self, worker: _Worker, request: bytes, deadline: float) -> Rendered:
        try:
            answer = worker.ask(request, deadline)
        except BaseException:
            worker.kill()
            raise
        if answer is None or answer["spent"] or worker.slow:
            worker.kill()
        else:
            self._give_back(worker)
        return _result(answer)

    def close(self) -> None:
        """End all workers. A later render starts anew."""
        with self._lock:
            idle, self._idle = self._idle, []
            nursery, self._nursery = self._nursery, None
        for worker in idle:
            worker.kill()
        if nursery:
            nursery.close()

    def _take(self) -> _Worker:
        while True:
            with self._lock:
                worker = self._idle.pop() if self._idle else None
            if worker is None:
                return self._fork()
            if worker.is_alive():
                return worker
            worker.kill()

    def _give_back(self, worker: _Worker) -> None:
        with self._lock:
            if len(self._idle) < self._kept:
                self._idle.append(worker)
                return
        worker.kill()

    def _fork(self) -> _Worker:
        with self._lock:
            for _ in range(2):
                if self._nursery is None:
                    self._nursery = _Nursery(self._memory)
                worker = self._nursery.fork()
                if worker:
                    self._all.add(worker)
                    return worker
                # Somebody killed the nursery, or memory was short: start another one.
                self._nursery.close()
                self._nursery = None
        raise Refused("busy")

    def _abandon(self) -> None:
        """In a forked child: let go of what belongs to the parent, without a word to its workers."""
        for worker in list(self._all):
            worker.abandon()
        if self._nursery:
            self._nursery.abandon()
        self._begin()


_renderers: weakref.WeakSet[Renderer] = weakref.WeakSet()
_default: Renderer | None = None
_default_lock = threading.Lock()


def default_renderer() -> Renderer:
    """The renderer of this process. Nothing is started before its first render."""
    global _default
    with _default_lock:
        if _default is None:
            _default = Renderer()
            atexit.register(_default.close)
        return _default


def _before_fork() -> None:
    """No nursery may be half started while this process is copied: the copy would hold its socket open for ever."""
    _forking.extend(_renderers)
    for renderer in _forking:
        renderer._lock.acquire()


def _after_fork_in_parent() -> None:
    while _forking:
        _forking.pop()._lock.release()


def _after_fork_in_child() -> None:
    global _default_lock
    _default_lock = threading.Lock()
    while _forking:
        _forking.pop()._abandon()


_forking: list[Renderer] = []
os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)


# In the process that serves -------------------------------------------------------------------------------------


def _request(
    text: str,
    limits: Limits,
    known: frozenset[str] | None,
    images: Mapping[str, tuple[int, int]] | None,
    scope: str,
) -> bytes:
    return json.dumps(
        {
            "text": text,
            "limits": asdict(limits),
            "known": None if known is None else sorted(known),
            "images": None if images is None else dict(images),
            "scope": scope,
        }
    ).encode()


def _result(answer: dict[str, Any] | None) -> Rendered:
    if answer is None:
        raise Refused("too_complex")
    if "code" in answer:
        raise Refused(answer["code"], **answer["params"])
    if "bug" in answer:
        # A fault of the renderer on this text. The author gets a refusal, the operator the reason.
        log.error("renderer failed: %s", answer["bug"])
        raise Refused("too_complex")
    return Rendered(answer["html"], tuple(answer["mentions"]), tuple(answer["references"]), answer["version"])


class _Worker:
    """One child that renders, seen from the process that uses it."""

    def __init__(self, channel: socket.socket, pid: int) -> None:
        self.channel = channel
        self.pid = pid
        self.slow = False
        # A process id may be reused once the child is gone; a descriptor of the process cannot.
        try:
            self.handle: int | None = os.pidfd_open(pid)
        except OSError:
            self.handle = None

    def ask(self, request: bytes, deadline: float) -> dict[str, Any] | None:
        """The answer, or None when there is none in time or at all."""
        try:
            self.channel.settimeout(max(0.01, deadline - time.monotonic()))
            self.channel.sendall(_LENGTH.pack(len(request)) + request)
            if not self._is_readable(min(_PATIENCE, deadline - time.monotonic())):
                self.step_back()
            answer = self._receive(deadline)
        except OSError:
            return None
        return json.loads(answer) if answer else None

    def step_back(self) -> None:
        self.slow = True
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _LOWEST_PRIORITY)

    def is_alive(self) -> bool:
        """An idle worker has nothing to say: if there is something to read, it is the end of the stream."""
        return not self._is_readable(0)

    def kill(self) -> None:
        with contextlib.suppress(OSError):
            if self.handle is not None:
                signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        self.abandon()

    def abandon(self) -> None:
        self.channel.close()
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None

    def _is_readable(self, seconds: float) -> bool:
        # poll, not select: a busy server has descriptors above 1024.
        poll = select.poll()
        poll.register(self.channel, select.POLLIN)
        return bool(poll.poll(max(0, seconds) * 1000))

    def _receive(self, deadline: float) -> bytes:
        (size,) = _LENGTH.unpack(self._exactly(_LENGTH.size, deadline) or bytes(_LENGTH.size))
        return self._exactly(size, deadline)

    def _exactly(self, size: int, deadline: float) -> bytes:
        """That many bytes; none if the worker went away. Raises TimeoutError (an OSError)."""
        parts = bytearray()
        while len(parts) < size:
            self.channel.settimeout(max(0.001, deadline - time.monotonic()))
            part = self.channel.recv(min(size - len(parts), 1 << 20))
            if not part:
                return b""
            parts += part
        return bytes(parts)


class _Nursery:
    """The process that forks workers, seen from the process that uses it."""

    def __init__(self, memory: int) -> None:
        self.channel, theirs = socket.socketpair()
        self.channel.settimeout(10)
        root = str(Path(__file__).resolve().parents[2])
        program = f"import sys; sys.path.insert(0, {root!r}); from forum.core import sandbox; sandbox._nurse()"
        with theirs:
            # Its own process group: Ctrl-C in a terminal is for the server, which then closes the socket.
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-I", "-c", program, str(theirs.fileno()), str(memory)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                process_group=0,
            )

    def fork(self) -> _Worker | None:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self.channel, [b"f"], [theirs.fileno()])
            answer = self.channel.recv(_LENGTH.size, socket.MSG_WAITALL)
        except OSError:
            answer = b""
        if len(answer) < _LENGTH.size or not (pid := _LENGTH.unpack(answer)[0]):
            ours.close()
            return None
        return _Worker(ours, pid)

    def close(self) -> None:
        self.channel.close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def abandon(self) -> None:
        self.channel.close()
        self.process.returncode = 0  # not a child of this process: nothing to wait for, nothing to warn about


# In the nursery and its workers ---------------------------------------------------------------------------------


def _nurse() -> None:
    """Fork a worker for each request on the socket named on the command line; end when it closes."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    memory = int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # workers leave no zombies
    # What the first render builds once (compiled patterns) is then there in every worker.
    render("**a** `b` [c](/d)\n\n| e | f |\n|---|---|\n| @ggg | #1 |\n\n- [ ] h\n\n> i[^1]\n\n[^1]: https://j.id")
    gc.collect()
    gc.freeze()
    while True:
        try:
            message, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
        except OSError:
            message = b""
        if not message:
            # Nobody is left who could use a worker, also when a busy one has not noticed.
            os.killpg(0, signal.SIGKILL)
        channel.sendall(_LENGTH.pack(_fork_worker(channel, descriptors[0], memory)))
        os.close(descriptors[0])


def _fork_worker(nursery_channel: socket.socket, descriptor: int, memory: int) -> int:
    """The process id of a new worker on that descriptor; 0 if there could be none."""
    try:
        pid = os.fork()
    except OSError:
        return 0
    if pid:
        return pid
    status = 1
    try:
        nursery_channel.close()
        _restrict(memory)
        _work(socket.socket(fileno=descriptor))
        status = 0
    finally:
        os._exit(status)


def _restrict(memory: int) -> None:
    _die_with_parent()
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _die_with_parent() -> None:
    """Linux: end when the nursery does. Elsewhere the closed socket ends a worker after its render."""
    if sys.platform != "linux":
        return
    _C_LIBRARY.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _work(channel: socket.socket) -> None:
    stream = channel.makefile("rwb")
    for left in reversed(range(_RENDERS_PER_WORKER)):
        head = stream.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            return
        answer = _answer(stream.read(_LENGTH.unpack(head)[0]))
        # Said in the answer, so that nobody asks a worker that is about to leave.
        answer.setdefault("spent", not left)
        body = json.dumps(answer).encode()
        stream.write(_LENGTH.pack(len(body)) + body)
        stream.flush()
        if answer["spent"]:
            return


def _answer(request: bytes) -> dict[str, Any]:
    """What a render gives, as JSON can carry it. "spent" tells that this worker should not be used again."""
    try:
        job = json.loads(request)
        known = None if job["known"] is None else frozenset(job["known"])
        limits = Limits(**job["limits"])
        result = render(job["text"], limits, known=known, images=job["images"], scope=job["scope"])
    except Refused as refusal:
        answer = {"code": refusal.code, "params": refusal.params}
        return answer | {"spent": True} if refusal.code == "too_complex" else answer
    except (MemoryError, RecursionError):
        return {"code": "too_complex", "params": {}, "spent": True}
    except Exception as error:
        return {"bug": f"{type(error).__name__}: {error}", "spent": True}
    return {
        "html": result.html,
        "mentions": result.mentions,
        "references": result.references,
        "version": result.version,
    }
