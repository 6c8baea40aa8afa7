"""Ties a process to its parent: when the parent dies, by `kill -9` too, the kernel ends the child."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int, death_signal: int = signal.SIGKILL) -> None:
    """Ask the kernel to send `death_signal` to this process when its parent ends.

    Call it after any change of user, which clears the wish. `parent` is the parent's process id as
    read before the fork: if it is gone already, this process ends here.
    """
    if _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        os._exit(1)
