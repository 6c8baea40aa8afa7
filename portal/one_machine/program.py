"""One process under the portal's care: how it starts, what it last said, how it stops."""

import os
import pwd
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal.one_machine.data_folder import MEGABYTE, PROJECT
from portal.one_machine.tether import die_with_parent

LOG_LIMIT_BYTES = 10 * MEGABYTE
_ERROR_LINE = re.compile(
    r"^(?:[\w.]+(?:Error|Exception|Configured|CannotStart)|.*?\b(?:FATAL|PANIC)): +(?P<what>.+)$"
)


@dataclass
class Program:
    name: str
    argv: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None  # runs as this user instead of ours
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL  # sent by the kernel when we die
    pass_fds: Sequence[int] = ()
    process: subprocess.Popen | None = None
    _log_start: int = 0

    def start(self) -> None:
        """Start in a session of its own, so that a Ctrl-C in the terminal reaches only us."""
        us = os.getpid()

        def tie() -> None:  # runs in the child after the change of user
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            die_with_parent(us, self.death_signal)

        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))
        with open(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            self._log_start = log.seek(0, os.SEEK_END)
            self.process = subprocess.Popen(  # noqa: S603  (our own commands, no shell)
                self.argv,
                cwd=PROJECT if self.user is None else "/",
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=self.pass_fds,
                preexec_fn=tie,
                **as_user(self.user),
            )

    def run(self) -> int:
        """Start, wait for the end, return the exit code."""
        self.start()
        assert self.process is not None
        return self.process.wait()

    @property
    def exit_code(self) -> int | None:
        """None while it runs, and before its start."""
        return self.process.poll() if self.process else None

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.exit_code is None

    def ask_to_stop(self) -> None:
        if self.process is not None and self.is_running:
            self.process.send_signal(self.stop_signal)

    def stop(self, patience_seconds: float) -> None:
        """Ask, wait, and kill what does not listen."""
        self.ask_to_stop()
        if self.process is None:
            return
        try:
            self.process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def describe_end(self) -> str:
        return f"{self.name} ended with code {self.exit_code}, saying: {self.last_words()} (log: {self.log})"

    def last_words(self) -> str:
        """The last error this run wrote to its log, else its last line."""
        with open(self.log, "rb") as log:
            log.seek(self._log_start)
            lines = [line for line in log.read().decode(errors="replace").splitlines() if line.strip()]
        errors = [found["what"] for line in lines if (found := _ERROR_LINE.match(line))]
        return (errors or lines or ["it said nothing"])[-1].strip()


def as_user(user: str | None) -> dict[str, Any]:
    """Arguments for `subprocess` that give up our rights for those of `user`; none when None."""
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
