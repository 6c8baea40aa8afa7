"""One issue in one language: what readers see on the web and in the mail, from one source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import get_language_info, override

from focalpoints.models import Issue, IssueItem, IssueSection
from focalpoints.wording import links_in, to_html, to_line, to_text


@dataclass(frozen=True)
class ItemText:
    """An item in the language it exists in: that of the edition, or English where it falls back."""

    item: IssueItem
    title: str
    text: str
    language: str
    base: str
    counted: Mapping[str, str] = field(default_factory=dict)

    @property
    def html(self) -> str:
        return to_html(self.text, base=self.base, counted=self.counted)

    @property
    def plain(self) -> str:
        return to_text(self.text, base=self.base)

    @property
    def line(self) -> str:
        return to_line(self.text)

    @property
    def url(self) -> str:
        return self._whole(self.item.url)

    @property
    def counted_url(self) -> str:
        return self._whole(self.counted.get(self.item.url, self.item.url))

    def _whole(self, address: str) -> str:
        return f"{self.base}{address}" if address.startswith("/") else address

    @property
    def meta(self) -> str:
        """Who stands behind it and, of a registry record, its reference."""
        source = self.item.source
        return ", ".join(filter(None, [self.item.byline, "" if ":" in source else source]))

    @property
    def links(self) -> list[str]:
        return [*links_in(self.text), *filter(None, [self.item.url])]


@dataclass(frozen=True)
class Block:
    section: str
    label: str
    items: list[ItemText]


@dataclass(frozen=True)
class Edition:
    language: str
    title: str
    blocks: list[Block]
    missing: list[str] = field(default_factory=list)  # labels of what is not translated

    @property
    def direction(self) -> str:
        return "rtl" if self.language == "ar" else "ltr"

    @property
    def filled(self) -> list[Block]:
        return [block for block in self.blocks if block.items]

    @property
    def summary(self) -> str:
        texts = [item.line for block in self.filled for item in block.items if item.text]
        return texts[0] if texts else ""


def edition(
    issue: Issue,
    items: Iterable[IssueItem],
    language: str,
    *,
    base: str = "",
    counted: Mapping[str, str] | None = None,
) -> Edition:
    """The edition of `language`, in English where a text is not translated; `missing` names those.

    An issue that has no edition in `language` gives the English one. `base` goes before each path;
    `counted` says which path stands for an address in HTML mails, so that its opening is counted.
    """
    if language not in issue.editions:
        language = "en"
    by_section: dict[str, list[ItemText]] = {}
    missing = []
    with override(language):
        labels = {section: str(IssueSection(section).label) for section in issue.sections}
    title = issue.title
    if language != "en":
        title = issue.translations.get(language, {}).get("title", "")
        if not title:
            title = issue.title
            missing.append(issue.title)
    for item in items:
        texts, its_language = {"title": item.title, "text": item.text}, "en"
        if language != "en":
            translated = item.translations.get(language, {})
            if translated.get("text"):
                texts, its_language = translated, language
            else:
                missing.append(str(item))
        by_section.setdefault(item.section, []).append(
            ItemText(item, texts.get("title", ""), texts["text"], its_language, base, counted or {})
        )
    blocks = [Block(section, labels[section], by_section.get(section, [])) for section in issue.sections]
    return Edition(language, title, blocks, missing)


def language_name(code: str) -> str:
    """The language in its own words, as on tabs: "Français"."""
    return dict(settings.LANGUAGES)[code]


def language_label(code: str) -> str:
    """The language in the reader's words, as in a sentence: "French"."""
    return get_language_info(code)["name_translated"]
