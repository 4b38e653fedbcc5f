"""Collects headings and blocks in reading order into the sections of a document."""

from collections.abc import Iterable

from ingest.document import Block, BlockKind, Section
from ingest.load.clean import clean


class SectionBuilder:
    """Builds sections from what a loader meets, in order: headings, blocks, and page turns in a paged format."""

    def __init__(self) -> None:
        self._sections: list[Section] = []
        self._blocks: list[Block] = []
        self._headings: list[tuple[int, str]] = []
        self._page: int | None = None

    def heading(self, level: int, text: str) -> None:
        """Starts a section under a heading. Headings of the same or a lower rank end here; 1 is the highest rank."""
        text = clean(text)
        if not text:
            return
        self._close()
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        self._headings.append((level, text))

    def turn_to(self, page: int) -> None:
        """Starts a new section under the same headings if the page changes."""
        if page != self._page:
            self._close()
            self._page = page

    def add(self, kind: BlockKind, items: Iterable[str]) -> None:
        """Adds a block; empty items, and a block without items, are left out."""
        cleaned = tuple(text for item in items if (text := clean(item)))
        if cleaned:
            self._blocks.append(Block(kind=kind, items=cleaned))

    def paragraph(self, text: str) -> None:
        """Adds a paragraph."""
        self.add(BlockKind.PARAGRAPH, (text,))

    def finish(self) -> tuple[Section, ...]:
        """The sections. A heading with nothing under it only lives on in the paths of the headings below it."""
        self._close()
        return tuple(self._sections)

    def _close(self) -> None:
        if self._blocks:
            path = tuple(text for _, text in self._headings)
            self._sections.append(Section(heading_path=path, page=self._page, blocks=tuple(self._blocks)))
            self._blocks = []
