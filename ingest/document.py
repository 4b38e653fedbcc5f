"""What a loader makes of a file: the same shape for every format."""

from dataclasses import dataclass
from enum import StrEnum


class BlockKind(StrEnum):
    """How the text of a block hangs together."""

    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph (one item), a list (an item each) or a table (a row each, as "row head: column head value; ...").

    Items are plain text on one line: white space folded, ligatures and soft hyphens resolved, no markup.
    """

    kind: BlockKind
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The blocks under one heading. `heading_path` runs from the outermost heading to the innermost, without the
    document's own title. `page` is the 1-based page on which the section's first block starts; None where there are no pages.
    """

    heading_path: tuple[str, ...]
    page: int | None
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A loaded document. `title` is what the file itself says, if anything. `warnings` name what could not be read."""

    title: str | None
    sections: tuple[Section, ...]
    warnings: tuple[str, ...] = ()
