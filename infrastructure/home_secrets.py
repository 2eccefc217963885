"""Secrets that are made at the first start and kept under TILL_HOME, readable by its owner alone."""

import base64
import os
import secrets
import tempfile
from pathlib import Path

SECRET_BYTES = 32


def kept_secret(home: Path, name: str) -> str:
    """The secret of this name; made when there is none. Processes that race for it all get the same."""
    kept = home / "secrets" / name
    if not kept.exists():
        _make(kept)
    return kept.read_text(encoding="ascii").strip()


def _make(kept: Path) -> None:
    """Written beside and linked into place: complete or absent, and the first one wins."""
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=kept.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        _link(Path(draft), kept)
    finally:
        Path(draft).unlink()


def _link(draft: Path, kept: Path) -> None:
    try:
        kept.hardlink_to(draft)
    except FileExistsError:
        return  # another process was first; its secret is the one
