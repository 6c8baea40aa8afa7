"""Words that editors write: plain text with a little Markdown, never HTML.

What comes in is stripped of tags (text pasted from office programs brings them), what goes out passes an
allowlist once more, so neither a slip in the one nor in the other reaches a reader.
"""

import html
import re
from collections.abc import Mapping

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote"}
SCHEMES = {"https", "http", "mailto"}
LOOKS_LIKE_HTML = re.compile(r"<(?:/?[a-z][^<>]*|!--)", re.IGNORECASE)
BLOCK_ENDS = re.compile(r"</(?:p|div|li|h[1-6]|tr)>|<br\s*/?>", re.IGNORECASE)
LINK = re.compile(r"\[([^\]]+)\]\(([^()\s]+)\)")
BARE_LINK = re.compile(r"(?<![(\w])https?://[^\s<>()]+")
_markdown = MarkdownIt("commonmark", {"html": False}).disable(
    ["image", "heading", "lheading", "code", "fence", "hr", "html_block", "html_inline"]
)


def clean_text(text: str) -> str:
    """`text` without tags and control characters. An ampersand or "a < b" stays as typed."""
    if LOOKS_LIKE_HTML.search(text):
        text = BLOCK_ENDS.sub(lambda end: end[0] + "\n", text)
        text = html.unescape(nh3.clean(text, tags=set(), clean_content_tags={"script", "style", "title"}))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in "\n\t" or ord(c) >= 32)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def clean_line(text: str) -> str:
    """A title: `clean_text` on one line, for it may become the subject of a mail."""
    return " ".join(clean_text(text).split())


def to_html(text: str, *, base: str = "", counted: Mapping[str, str] | None = None) -> SafeString:
    """Markdown as HTML of the allowed tags. A link to a path of this portal begins with `base`.

    `counted` names the path that stands for an address, so that its opening is counted.
    """

    def absolute(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "href":
            value = (counted or {}).get(value, value)
        return base + value if attribute == "href" and value.startswith("/") else value

    clean = nh3.clean(
        _markdown.render(text),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes=SCHEMES,
        attribute_filter=absolute,
    )
    return mark_safe(clean)  # noqa: S308  (the one place where editors' words become markup)


def to_text(text: str, *, base: str = "") -> str:
    """The same words for the plain part of a mail: links as "label (address)"."""

    def spelled(link: re.Match) -> str:
        address = base + link[2] if link[2].startswith("/") else link[2]
        return f"{link[1]} ({address})"

    return LINK.sub(spelled, text)


def to_line(text: str) -> str:
    """The words alone on one line, without marks and addresses: for a teaser, which may be cut anywhere."""
    words = nh3.clean(_markdown.render(text), tags=set())
    return " ".join(html.unescape(words).split())


def labels_in(text: str) -> dict[str, str]:
    """The words on each marked-up link of a text, by its address; bare addresses have none."""
    return {link[2]: link[1] for link in LINK.finditer(text)}


def links_in(text: str) -> list[str]:
    """Every address in a text, marked up or bare."""
    return [link[2] for link in LINK.finditer(text)] + BARE_LINK.findall(LINK.sub("", text))
