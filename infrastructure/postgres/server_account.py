"""The operating system account that an embedded server runs as: ours, or one of its own where we are root."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypedDict

NAME = "pgserver"
OTHERS_READ = stat.S_IRGRP | stat.S_IROTH
OTHERS_TRAVERSE = stat.S_IXGRP | stat.S_IXOTH


class Identity(TypedDict, total=False):
    """What subprocess takes to start a program as somebody else."""

    user: int
    group: int
    extra_groups: list[int]


class Layout(Protocol):
    @property
    def root(self) -> Path: ...

    @property
    def programs(self) -> Path: ...


@dataclass(frozen=True, slots=True)
class ServerAccount:
    """`switched` where it is not our own account."""

    uid: int
    gid: int
    switched: bool

    def identity(self) -> Identity:
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switched else {}

    def own(self, path: Path) -> None:
        if self.switched:
            os.chown(path, self.uid, self.gid)


def server_account(layout: Layout) -> ServerAccount:
    """PostgreSQL refuses to run as root; then `pgserver` is created and let through to its files, and no further."""
    if os.geteuid() != 0:
        return ServerAccount(uid=os.geteuid(), gid=os.getegid(), switched=False)
    entry = _entry()
    account = ServerAccount(uid=entry.pw_uid, gid=entry.pw_gid, switched=True)
    account.own(layout.root)
    let_through(layout.root)
    let_through(layout.programs)
    let_read(layout.programs.parent)
    return account


def _entry() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        useradd = shutil.which("useradd")
        if useradd is None:
            raise PermissionError(f"PostgreSQL does not run as root; make an account {NAME!r} for it") from None
        subprocess.run([useradd, "--system", "--shell", "/usr/sbin/nologin", NAME], check=True, timeout=30)  # noqa: S603
        return pwd.getpwnam(NAME)


def let_through(path: Path) -> None:
    """Let others traverse, not list, the directories above `path`."""
    for above in path.parents:
        mode = above.stat().st_mode
        if not mode & stat.S_IXOTH:
            above.chmod(mode | OTHERS_TRAVERSE)


def let_read(top: Path) -> None:
    """Let others read the programs and libraries under `top`, where they were installed with a strict umask."""
    if top.stat().st_mode & stat.S_IROTH:
        return
    for path in (top, *top.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | OTHERS_READ | (OTHERS_TRAVERSE if mode & stat.S_IXUSR else 0))
