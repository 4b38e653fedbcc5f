"""What the styles and lists of a Word document say of a paragraph or run, those included that a style is based on."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from ingest.load.office import Element

_HIGHEST_RANK = 9
_HEADING_NAME = re.compile(r"heading ?([1-9])")
_CONTENTS_NAME = re.compile(r"(?:toc|contents|index|table of figures|toa)(?: ?heading| ?\d)?")
_FIRST_ROW_LOOK = 0x20


class Role(Enum):
    """What a paragraph is. The values are those of office_sections where it has a class for it."""

    TITLE = "title"
    HEADING = "heading"
    ITEM = "item"
    BOLD = "bold"
    CONTENTS = "contents"
    PLAIN = "plain"


class Look(NamedTuple):
    """What matters of how a run looks."""

    hidden: bool
    struck: bool
    raised: bool
    bold: bool


class Styles:
    """The styles and numbering of one document. Transitional and strict DOCX differ in the namespace, `w` as "{...}"."""

    def __init__(self, namespace: str | None, styles: Element | None, numbering: Element | None) -> None:
        self.w = f"{{{namespace}}}"
        found = () if styles is None else styles.iterchildren(f"{self.w}style")
        self._styles: dict[str, Element] = {attribute(style, "styleId"): style for style in found}
        self._default = next((id_ for id_, style in self._styles.items() if _is_default(style)), "")
        self._linked: dict[str, str] = {}
        self._levels: dict[str, set[str]] = {}
        if numbering is not None:
            self._read_numbering(numbering)
        self._known: dict[tuple[str, str], Element | None] = {}

    def paragraph_style(self, paragraph: Element) -> str:
        """The id of a paragraph's style."""
        return attribute(paragraph.find(f"{self.w}pPr/{self.w}pStyle"), "val") or self._default

    def role(self, paragraph: Element, style: str) -> tuple[Role, int]:
        """What a paragraph is, with the rank of a heading (1 is the highest) or the depth of a list item (from 0)."""
        names = [self._name(each) for each in self._chain(style)]
        if names and _CONTENTS_NAME.fullmatch(names[0]):
            return Role.CONTENTS, 0
        if "title" in names and "subtitle" not in names:
            return Role.TITLE, 0
        own = paragraph.find(f"{self.w}pPr/{self.w}outlineLvl")
        level = attribute(self._inherited(style, "pPr/outlineLvl") if own is None else own, "val")
        named = (int(found[1]) for name in names if (found := _HEADING_NAME.fullmatch(name)))
        rank = int(level) + 1 if level.isdecimal() else next(named, 0)
        if 1 <= rank <= _HIGHEST_RANK:
            return Role.HEADING, rank
        depth = self._depth(paragraph, style)
        if depth is not None:
            return Role.ITEM, depth
        return (Role.BOLD if is_on(self._inherited(style, "rPr/b")) else Role.PLAIN), 0

    def look(self, run: Element, paragraph_style: str) -> Look:
        """How a run looks: as it says itself, else as its style says; hidden also where its paragraph's style says so."""
        own = run.find(f"{self.w}rPr")
        if own is None and not self._inherited_on(paragraph_style, "rPr/vanish"):
            return Look(hidden=False, struck=False, raised=False, bold=False)
        style = attribute(None if own is None else own.find(f"{self.w}rStyle"), "val")

        def said(name: str) -> Element | None:
            flag = None if own is None else own.find(f"{self.w}{name}")
            return self._inherited(style, f"rPr/{name}") if flag is None else flag

        vanish = said("vanish")
        return Look(
            hidden=self._inherited_on(paragraph_style, "rPr/vanish") if vanish is None else is_on(vanish),
            struck=is_on(said("strike")) or is_on(said("dstrike")),
            raised=attribute(said("vertAlign"), "val") == "superscript",
            bold=is_on(said("b")),
        )

    def heads_first_row(self, table: Element) -> bool:
        """Whether a table's style sets its first row in bold, and the table uses that."""
        properties = table.find(f"{self.w}tblPr")
        look = None if properties is None else properties.find(f"{self.w}tblLook")
        if properties is None or look is None:
            return False
        first = attribute(look, "firstRow")
        bits = attribute(look, "val")
        used = first in ("1", "true", "on") if first else bool(int(bits or "0", 16) & _FIRST_ROW_LOOK)
        style = attribute(properties.find(f"{self.w}tblStyle"), "val")
        return used and any(
            attribute(part, "type") == "firstRow" and is_on(part.find(f"{self.w}rPr/{self.w}b"))
            for each in self._chain(style)
            if each in self._styles
            for part in self._styles[each].iterchildren(f"{self.w}tblStylePr")
        )

    def is_contents(self, holder: Element) -> bool:
        """Whether a wrapper holds the table of contents that Word made."""
        gallery = holder.find(f"{self.w}sdtPr/{self.w}docPartObj/{self.w}docPartGallery")
        return attribute(gallery, "val") == "Table of Contents"

    def _depth(self, paragraph: Element, style: str) -> int | None:
        """The depth of a list item; None for a paragraph that is none, or whose number is not shown."""
        own = paragraph.find(f"{self.w}pPr/{self.w}numPr")
        list_id = attribute(None if own is None else own.find(f"{self.w}numId"), "val")
        level = attribute(None if own is None else own.find(f"{self.w}ilvl"), "val")
        for each in self._chain(style):
            found = self._within(each, "pPr/numPr")
            if not list_id and found is not None:
                list_id = attribute(found.find(f"{self.w}numId"), "val")
                level = level or self._linked.get(each) or attribute(found.find(f"{self.w}ilvl"), "val")
        level = level if level.isdecimal() and len(level) == 1 else "0"
        return int(level) if level in self._levels.get(list_id, ()) else None

    def _read_numbering(self, numbering: Element) -> None:
        """Notes the levels of each list that have a bullet or number, and those that belong to paragraph styles."""
        shown: dict[str, set[str]] = {}
        for definition in numbering.iterchildren(f"{self.w}abstractNum"):
            levels = shown.setdefault(attribute(definition, "abstractNumId"), set())
            if definition.find(f"{self.w}numStyleLink") is not None:
                levels.update("012345678")  # defined by a list style, which is there to number
            for level in definition.iterchildren(f"{self.w}lvl"):
                if attribute(level.find(f"{self.w}numFmt"), "val") != "none":
                    levels.add(attribute(level, "ilvl") or "0")
                if (link := level.find(f"{self.w}pStyle")) is not None:
                    self._linked[attribute(link, "val")] = attribute(level, "ilvl")
        for number in numbering.iterchildren(f"{self.w}num"):
            definition_id = attribute(number.find(f"{self.w}abstractNumId"), "val")
            self._levels[attribute(number, "numId")] = shown.get(definition_id, set())

    def _chain(self, style: str) -> Iterator[str]:
        """A style and those that it is based on, itself first."""
        seen: set[str] = set()
        while style and style not in seen:
            seen.add(style)
            yield style
            style = attribute(self._within(style, "basedOn"), "val")

    def _inherited(self, style: str, path: str) -> Element | None:
        """What a style says at a path such as "rPr/b", or what the nearest of those says that it is based on."""
        key = (style, path)
        if key not in self._known:
            said = (self._within(each, path) for each in self._chain(style))
            self._known[key] = next((found for found in said if found is not None), None)
        return self._known[key]

    def _inherited_on(self, style: str, path: str) -> bool:
        return is_on(self._inherited(style, path))

    def _within(self, style: str, path: str) -> Element | None:
        element = self._styles.get(style)
        return None if element is None else element.find("/".join(f"{self.w}{step}" for step in path.split("/")))

    def _name(self, style: str) -> str:
        """A style's name for people, in lower case; its id where the document doesn't define it."""
        return (attribute(self._within(style, "name"), "val") or style).casefold()


def local_name(element: Element) -> str:
    """An element's name without its namespace."""
    tag: str = element.tag
    return tag.rpartition("}")[2]


def attribute(element: Element | None, name: str) -> str:
    """An attribute of the element's own namespace; nothing where there is no such element or attribute."""
    if element is None:
        return ""
    value: str = element.get(f"{element.tag.rpartition('}')[0]}}}{name}", "")
    return value


def is_on(flag: Element | None) -> bool:
    """Whether a property that is on or off is on: it is there, and doesn't say that it is off."""
    return flag is not None and attribute(flag, "val") not in ("0", "false", "off")


def _is_default(style: Element) -> bool:
    return attribute(style, "type") == "paragraph" and attribute(style, "default") in ("1", "true")
