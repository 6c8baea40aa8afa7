"""What a file says of an entry in another place than the entry, kept on disk until the entry comes.

Addresses, documents or sanctions stand before or behind the parties they belong to. Held in memory they would
grow with the file.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

BATCH = 1000


class Aside:
    """Values by (sort, key), in the order they were added, in a temporary file of SQLite's until `close`.

    Values are what JSON can hold: a tuple comes back as a list.
    """

    def __init__(self) -> None:
        self._rows: list[tuple[str, str, str]] = []
        self._is_indexed = False
        self._database = sqlite3.connect("")  # a file that is gone with the connection
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE TABLE aside (sort TEXT, key TEXT, value TEXT)"
        )

    def close(self) -> None:
        self._database.close()

    def add(self, sort: str, key: str, value: Any) -> None:
        self._rows.append((sort, key, json.dumps(value, ensure_ascii=False)))
        if len(self._rows) >= BATCH:
            self._write()

    def of(self, sort: str, key: str) -> list[Any]:
        """The values of a key; [] where there are none."""
        self._write()
        if not self._is_indexed:
            self._database.execute("CREATE INDEX aside_key ON aside (sort, key)")
            self._is_indexed = True
        found = self._database.execute(
            "SELECT value FROM aside WHERE sort = ? AND key = ? ORDER BY rowid", (sort, key)
        )
        return [json.loads(value) for (value,) in found]

    def _write(self) -> None:
        if self._rows:
            self._database.executemany("INSERT INTO aside VALUES (?, ?, ?)", self._rows)
            self._rows.clear()
