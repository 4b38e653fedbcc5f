"""Markdown: CommonMark with tables, as site generators write it (front matter, Liquid, kramdown attributes)."""

import re
from collections.abc import Iterator, Sequence

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from ingest.document import BlockKind, Document
from ingest.load.clean import clean, word_count
from ingest.load.decode import decode
from ingest.load.furniture import is_pager
from ingest.load.lists import flatten
from ingest.load.sections import SectionBuilder
from ingest.load.tables import table_rows
from ingest.load.templates import drop_between, drop_template_markup

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_ATTRIBUTES = re.compile(r"\{:[^{}\n]*\}")
_ABBREVIATION = re.compile(r"^\*\[[^\]\n]+\]:.*$", re.MULTILINE)
_FOOTNOTE_START = re.compile(r"^\[\^[^\]\s]+\]:[ \t]*", re.MULTILINE)
_FOOTNOTE_MARK = re.compile(r"\[\^[^\]\s]+\]")
_TASK_BOX = re.compile(r"\A\[[ xX]\]\s+")
_TAGS_ALONE = re.compile(r"^[ \t]*(?:</?[A-Za-z][^<>\n]*>[ \t]*)+$", re.MULTILINE)
_TAG = re.compile(r"<[^<>]*>")
_FEWEST_LOST_WORDS = 8


def load_markdown(name: str, data: bytes) -> Document:
    """Reads Markdown. The title is the front matter's, else the only first-level heading."""
    decoded = decode(name, data)
    source, title, warnings = _without_front_matter(name, decoded.text)
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(_prepared(source)))
    top = [clean(_inline(node)) for node in tree.children if node.type == "heading" and node.tag == "h1"]
    writer = _Writer(skip_top=len(top) == 1)
    writer.write(tree.children)
    if writer.lost_words >= _FEWEST_LOST_WORDS:
        warnings.append(
            f"{name}: {writer.lost_words} words of raw HTML were left out. Write them as Markdown to include them."
        )
    return Document(
        title=title or (top[0] if len(top) == 1 else None),
        sections=writer.builder.finish(),
        warnings=(*decoded.warnings, *warnings),
    )


def _without_front_matter(name: str, text: str) -> tuple[str, str | None, list[str]]:
    """The text after its YAML front matter, the title in it, and a warning if it isn't YAML."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return text, None, []
    rest = text[match.end() :]
    try:
        fields = yaml.safe_load(match[1])
    except (yaml.YAMLError, ValueError, RecursionError):
        return rest, None, [f"{name}: the front matter is not valid YAML, so its title was not read."]
    title = fields.get("title") if isinstance(fields, dict) else None
    # Only a plain value: YAML can hold a list that refers to itself a million times.
    return rest, (clean(str(title)) or None) if isinstance(title, str | int | float) else None, []


def _prepared(text: str) -> str:
    """Markdown without the markup of site generators.

    A line of nothing but tags becomes blank: CommonMark would take the paragraph below `</div>` for raw HTML, where the
    site generators that these files were written for don't.
    """
    text = drop_template_markup(text)
    text = _ATTRIBUTES.sub("", text)
    text = _ABBREVIATION.sub("", text)
    text = _FOOTNOTE_START.sub("\n", text)
    return _TAGS_ALONE.sub("", text)


class _Writer:
    """Writes block nodes to a section builder."""

    def __init__(self, *, skip_top: bool) -> None:
        self.builder = SectionBuilder()
        self.lost_words = 0
        self._skip_top = skip_top

    def write(self, nodes: Sequence[SyntaxTreeNode]) -> None:
        """Writes nodes in order."""
        for node in nodes:
            self._write_node(node)

    def _write_node(self, node: SyntaxTreeNode) -> None:
        match node.type:
            case "heading":
                if not (self._skip_top and node.tag == "h1"):
                    self.builder.heading(int(node.tag[1:]), _inline(node))
            case "paragraph":
                text = clean(_inline(node))
                if not is_pager(text):
                    self.builder.paragraph(text)
            case "bullet_list" | "ordered_list":
                self.builder.add(BlockKind.LIST, flatten(list(_items(node, 0))))
            case "table":
                self.builder.add(BlockKind.TABLE, _table(node))
            case "fence" | "code_block":
                self.builder.paragraph(node.content)
            case "html_block":
                self.lost_words += word_count(_TAG.sub(" ", drop_between(node.content, "<!--", "-->")))
            case "blockquote":
                self.write(node.children)


def _items(node: SyntaxTreeNode, depth: int) -> Iterator[tuple[int, str]]:
    """The items of a list and of the lists in it, as (depth, text) in reading order."""
    for item in node.children:
        own: list[str] = []
        for child in item.children:
            if child.type in ("bullet_list", "ordered_list"):
                if own:
                    yield depth, _TASK_BOX.sub("", " ".join(own))
                    own = []
                yield from _items(child, depth + 1)
            else:
                own.append(clean(_block_text(child)))
        if own:
            yield depth, _TASK_BOX.sub("", " ".join(own))


def _block_text(node: SyntaxTreeNode) -> str:
    if node.type in ("fence", "code_block"):
        return node.content
    if node.type == "html_block":
        return ""
    if node.type == "table":
        return " ".join(_table(node))
    return _inline(node)


def _table(node: SyntaxTreeNode) -> tuple[str, ...]:
    rows = [[_inline(cell) for cell in row.children] for part in node.children for row in part.children]
    return table_rows(rows[0], rows[1:]) if rows else ()


def _inline(node: SyntaxTreeNode) -> str:
    """The text of a block: links and emphasis as their text, images and footnote marks dropped."""
    return " ".join(_inline_text(child) for child in node.walk() if child.type == "inline")


def _inline_text(inline: SyntaxTreeNode) -> str:
    parts: list[str] = []
    raised_from: int | None = None
    has_link = False
    for token in inline.to_tokens()[0].children or []:
        if token.type == "html_inline":
            tag = token.content.lower()
            if tag.startswith("<sup"):
                raised_from, has_link = len(parts), False
            elif tag.startswith("</sup") and raised_from is not None:
                if has_link:
                    del parts[raised_from:]
                raised_from = None
            has_link = has_link or tag.startswith("<a")
            parts.append(" " if tag.startswith("<br") else "")
        else:
            has_link = has_link or token.type == "link_open"
            parts.append(_token_text(token))
    return _FOOTNOTE_MARK.sub("", "".join(parts))


def _token_text(token: Token) -> str:
    match token.type:
        case "text" | "code_inline" | "text_special":
            return token.content
        case "softbreak" | "hardbreak":
            return " "
        case _:
            return ""
