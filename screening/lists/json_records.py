"""A large JSON file that holds one list of objects, read object by object."""

from __future__ import annotations

import codecs
import json
from collections.abc import Generator, Iterator, Sequence
from typing import Any, BinaryIO

from screening.lists.model import ListError, gettext_noop

CHUNK = 1 << 16
MAX_ITEM = 5_000_000  # characters of one value
_BLANK = " \t\r\n"

NOT_JSON = gettext_noop("The file is not valid JSON: %(detail)s.")
_ENDS = "it ends before the list does"


class _Text:
    """The text of a stream from a place on; `line` is where it stands."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self.stream, self.file = stream, file
        self.decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.text, self.at, self.line = "", 0, 1
        self.is_over = False

    def fail(self, detail: object) -> ListError:
        return ListError(
            "not_well_formed", NOT_JSON, self.file, f"line {self.line}", detail=str(detail)[:200]
        )

    def more(self) -> bool:
        """Read on; False where the file is over."""
        if self.is_over:
            return False
        chunk = self.stream.read(CHUNK)
        self.is_over = not chunk
        try:
            read = self.decoder.decode(chunk, final=self.is_over)
        except UnicodeDecodeError as error:
            raise self.fail(error) from error
        self.text, self.at = self.text[self.at :] + read, 0
        return True

    def move(self, end: int) -> None:
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def next(self) -> str:
        """The next character that is no blank, not taken; "" at the end."""
        while True:
            end = self.at
            while end < len(self.text) and self.text[end] in _BLANK:
                end += 1
            self.move(end)
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    def take(self, expected: str) -> None:
        found = self.next()
        if found != expected:
            raise self.fail(f"{expected!r} expected" if found else _ENDS)
        self.move(self.at + 1)

    def value(self) -> Any:
        """The next value, whole."""
        self.next()
        while True:
            try:
                found, end = _DECODER.raw_decode(self.text, self.at)
            except (json.JSONDecodeError, RecursionError) as error:
                # Not all of it is read yet, or it is no JSON.
                if len(self.text) - self.at > MAX_ITEM or not self.more():
                    if isinstance(error, json.JSONDecodeError):
                        self.move(max(self.at, error.pos))
                        raise self.fail(error.msg) from error
                    raise self.fail(error) from error
            else:
                if end < len(self.text) or not self.more():  # a number may go on
                    self.move(end)
                    return found

    def has_next(self, closing: str, *, is_first: bool) -> bool:
        """Is there another item before the bracket that closes? Takes the comma, or the bracket."""
        if self.next() == closing:
            self.move(self.at + 1)
            return False
        if not is_first:
            self.take(",")
        return True


_DECODER = json.JSONDecoder()


def read_items(stream: BinaryIO, path: Sequence[str], *, absent: str, file: str = "") -> Iterator[Any]:
    """Yield the items of the list at a path of keys.

    Raises ListError with the line when the file is not JSON, to its last character; with the sentence
    `absent` when it has no list there.
    """
    text = _Text(stream, file)
    is_there = yield from _items(text, path)
    if text.next():
        raise text.fail("there is more behind its end")
    if not is_there:
        raise ListError("wrong_schema", absent, file)


def _items(text: _Text, path: Sequence[str]) -> Generator[Any, None, bool]:
    """`read_items` from one value of the file on; answers whether the list was in it."""
    is_there = False
    if not path and text.next() == "[":
        text.take("[")
        is_first = True
        while text.has_next("]", is_first=is_first):
            yield text.value()
            is_first = False
        is_there = True
    elif path and text.next() == "{":
        text.take("{")
        is_first = True
        while text.has_next("}", is_first=is_first):
            is_first = False
            key = text.value()
            text.take(":")
            if key == path[0]:
                is_there = yield from _items(text, path[1:])
            else:
                text.value()
    else:
        text.value()
    return is_there
