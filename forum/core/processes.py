"""Whether another process of this machine is still there."""

from __future__ import annotations

import os


def is_running(pid: int) -> bool:
    """Whether there is a process `pid`, whoever it belongs to."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
