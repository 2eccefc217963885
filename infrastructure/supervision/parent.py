"""A child that does not outlive its parent, even where the parent is killed without a word."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def leave_with(parent: int, *, by: signal.Signals = signal.SIGTERM) -> None:
    """On Linux the kernel sends us `by` when the process `parent` ends. Elsewhere the parent has to stop us itself.

    The signal comes at the death of the *thread* that started us: a supervisor starts its children from its main one.
    """
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(by), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        sys.exit(f"the process {parent} that started this one has ended")
