"""The folder that holds everything one machine keeps: database, files, mail, logs, keys."""

import fcntl
import json
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent.parent
MEGABYTE = 1024 * 1024


class CannotStart(Exception):
    """One plain sentence for the person at the terminal: what is in the way and what to do."""


class Busy(CannotStart):
    """Another process holds the data folder."""


def is_given(name: str) -> bool:
    """Whether the environment says it, itself or as the name of a file (`SECRET_KEY_FILE`)."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


@dataclass(frozen=True)
class DataFolder:
    path: Path

    @classmethod
    def from_environment(cls) -> "DataFolder":
        return cls(Path(os.environ.get("PORTAL_DATA") or PROJECT / "var").resolve())

    def make(self, *parts: str, mode: int = 0o700) -> Path:
        """A folder inside, made if missing. Raises CannotStart where the disk or the rights forbid it."""
        folder = self.path.joinpath(*parts)
        try:
            # Others may pass through the top (as root the database runs as another user), not look around.
            self.path.mkdir(mode=0o711, parents=True, exist_ok=True)
            folder.mkdir(mode=mode, parents=True, exist_ok=True)
        except OSError as error:
            raise CannotStart(f"The folder {folder} cannot be made: {error.strerror}.") from error
        return folder

    def need_space(self, megabytes: int) -> None:
        free = shutil.disk_usage(self.path).free // MEGABYTE
        if free < megabytes:
            raise CannotStart(
                f"The disk that holds {self.path} is full: {free} MB are free and {megabytes} MB are needed. "
                "Free some space, or set PORTAL_DATA to a folder on another disk."
            )

    def lock(self) -> int:
        """Hold the folder until this process ends, whatever way it ends. Raises Busy when another does.

        Returns the open file: the lock lives as long as it stays open.
        """
        self.make()
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(lock, 20).decode() or "unknown"
            os.close(lock)
            raise Busy(f"Process {holder} already works on {self.path}.") from None
        os.ftruncate(lock, 0)
        os.write(lock, str(os.getpid()).encode())
        return lock

    def secret_key_file(self) -> Path:
        key = self.make() / "secret_key"
        if not key.exists():
            write_private(key, secrets.token_urlsafe(50))
        return key

    # The running portal leaves a note of how to reach its database and broker, for commands beside it.
    @property
    def _running(self) -> Path:
        return self.path / "running.json"

    def note_running(self, environment: dict[str, str]) -> None:
        write_private(self._running, json.dumps(environment))

    def forget_running(self) -> None:
        self._running.unlink(missing_ok=True)

    def running(self) -> dict[str, str]:
        """What the running portal set in its environment; empty while it starts."""
        return read_json(self._running)


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step; only its owner can read it, from its first byte on."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return {}
