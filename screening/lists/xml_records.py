"""A large XML file, one record at a time, read with expat and hard limits.

A list is data from outside: a document type declaration (the door to entity bombs and external files) is
refused, and depth, attributes, children and text have caps far above any published list. Memory is one
record, whatever the size of the file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import BinaryIO
from xml.parsers import expat

from screening.lists.model import ListError, gettext_noop

CHUNK = 1 << 16
MAX_DEPTH = 40
MAX_ATTRIBUTES = 100
MAX_CHILDREN = 50_000
MAX_TEXT = 1_000_000  # characters in one element or attribute

DOCTYPE = gettext_noop(
    "The file declares a document type (DOCTYPE). Published lists have none, so it was not read."
)
BAD_BYTES = gettext_noop(
    "The file is not well-formed XML: here is a character that XML does not allow, or a byte that is "
    "not valid in the file's encoding. Such damage usually happens during a download; fetch the file again."
)
CUT_OFF = gettext_noop("The file ends before the list does. It was probably cut off during the download.")
NOT_XML = gettext_noop("The file is not well-formed XML: %(detail)s.")
TOO_BIG = gettext_noop(
    "One element is larger than any published list needs (%(limit)s). The file was not read."
)
WRONG_ROOT = gettext_noop(
    "This is another kind of file: it starts with <%(found)s>, the list starts with <%(expected)s>."
)


class Node:
    """An element without its namespace; `text` is stripped, `line` is where it starts."""

    __slots__ = ("attributes", "children", "line", "parts", "tag", "text")

    def __init__(self, tag: str, attributes: dict[str, str], line: int) -> None:
        self.tag, self.attributes, self.line = tag, attributes, line
        self.children: list[Node] = []
        self.parts: list[str] = []
        self.text = ""

    def get(self, attribute: str) -> str:
        return self.attributes.get(attribute, "").strip()

    def all(self, tag: str) -> list[Node]:
        """The direct children of that tag."""
        return [child for child in self.children if child.tag == tag]

    def value(self, *path: str) -> str:
        """The text at a path of tags, blanks squeezed, or ""."""
        node: Node | None = self
        for tag in path:
            node = next((child for child in node.children if child.tag == tag), None) if node else None
        return " ".join(node.text.split()) if node else ""

    def values(self, *path: str) -> list[str]:
        """The texts, blanks squeezed and empty ones left out, of all elements at a path of tags."""
        nodes = [self]
        for tag in path:
            nodes = [child for node in nodes for child in node.children if child.tag == tag]
        return [text for node in nodes if (text := " ".join(node.text.split()))]


class _Reader:
    def __init__(self, root: Collection[str], records: Collection[str], file: str) -> None:
        self.roots, self.record_tags, self.file = root, records, file
        self.done: list[Node] = []
        self.stack: list[Node] = []
        self.depth = 0
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data

    def place(self) -> str:
        return f"line {self.parser.CurrentLineNumber}, column {self.parser.CurrentColumnNumber + 1}"

    def fail(self, reason: str, sentence: str, **values: str) -> ListError:
        return ListError(reason, sentence, self.file, self.place(), **values)

    def doctype(self, *_: object) -> None:
        raise self.fail("doctype", DOCTYPE)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition("}")[2]
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail("too_big", TOO_BIG, limit=f"depth {MAX_DEPTH}")
        if len(attributes) > MAX_ATTRIBUTES or any(len(value) > MAX_TEXT for value in attributes.values()):
            raise self.fail("too_big", TOO_BIG, limit=f"{MAX_ATTRIBUTES} attributes")
        if self.depth == 1:
            if tag not in self.roots:
                raise self.fail("wrong_schema", WRONG_ROOT, found=tag[:80], expected=min(self.roots))
            self.done.append(Node(tag, attributes, 1))
        if self.stack or tag in self.record_tags:
            plain = {key.rpartition("}")[2]: value for key, value in attributes.items()}
            node = Node(tag, plain, self.parser.CurrentLineNumber)
            if self.stack:
                siblings = self.stack[-1].children
                siblings.append(node)
                if len(siblings) > MAX_CHILDREN:
                    raise self.fail("too_big", TOO_BIG, limit=f"{MAX_CHILDREN} children")
            self.stack.append(node)

    def data(self, text: str) -> None:
        if self.stack:
            node = self.stack[-1]
            node.parts.append(text)
            if len(node.parts) > 64:
                node.parts = ["".join(node.parts)]
                if len(node.parts[0]) > MAX_TEXT:
                    raise self.fail("too_big", TOO_BIG, limit=f"{MAX_TEXT} characters")

    def end(self, _: str) -> None:
        self.depth -= 1
        if self.stack:
            node = self.stack.pop()
            node.text = "".join(node.parts).strip()
            node.parts = []
            if len(node.text) > MAX_TEXT:
                raise self.fail("too_big", TOO_BIG, limit=f"{MAX_TEXT} characters")
            if not self.stack:
                self.done.append(node)

    def feed(self, chunk: bytes, last: bool) -> None:
        try:
            self.parser.Parse(chunk, last)
        except expat.ExpatError as error:
            names = expat.errors
            kind = expat.errors.messages[error.code]
            if kind in (
                names.XML_ERROR_NO_ELEMENTS,
                names.XML_ERROR_UNCLOSED_TOKEN,
                names.XML_ERROR_PARTIAL_CHAR,
            ):
                raise self.fail("cut_off", CUT_OFF) from error
            if kind in (names.XML_ERROR_INVALID_TOKEN, names.XML_ERROR_BAD_CHAR_REF):
                raise self.fail("not_well_formed", BAD_BYTES) from error
            raise self.fail("not_well_formed", NOT_XML, detail=kind) from error


def read_records(
    stream: BinaryIO, *, root: Collection[str], records: Collection[str], file: str = ""
) -> Iterator[Node]:
    """Yield the root element (attributes only), then each element tagged as one of `records`.

    `root` names the accepted root elements. Records inside records stay part of the outer one.
    Raises ListError with line and column when the file is damaged, is something else, or exceeds a limit.
    """
    reader = _Reader(root, records, file)
    last = False
    while not last:
        chunk = stream.read(CHUNK)
        last = not chunk
        reader.feed(chunk, last)
        done, reader.done = reader.done, []
        yield from done
