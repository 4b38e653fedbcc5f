"""Prepares the XML of a Word document for mammoth: what a reader sees stays, and headings are marked as such.

mammoth looks only at a paragraph's own style, where templates of councils derive theirs ("Council heading 1") from Word's;
it reads hidden text as if it were seen, and leaves out the text of simple fields.
"""

import re
from collections.abc import Iterator

from lxml import etree  # type: ignore[import-untyped]

from ingest.load.clean import word_count
from ingest.load.office import Element

TITLE = "Title"
BOLD = "Bold"
HEADING = "Heading"

_HIGHEST_RANK = 9
_HEADING_NAME = re.compile(r"heading ?([1-9])", re.IGNORECASE)
_CONTENTS_NAME = re.compile(r"(?:toc|contents|index|table of figures|toa)(?: ?heading| ?\d)?", re.IGNORECASE)
_OFF = ("0", "false", "off")


def prepare(document: Element, styles: Element | None, numbering: Element | None) -> list[str]:
    """Rewrites `document` in place. Returns what an author should know about the text that was left out."""
    return _Preparation(document, styles, numbering).run()


class _Preparation:
    """One document being prepared. Transitional and strict DOCX differ in the namespace, so it is the document's own."""

    def __init__(self, document: Element, styles: Element | None, numbering: Element | None) -> None:
        self._document = document
        self._w = f"{{{etree.QName(document).namespace}}}"
        found = () if styles is None else styles.iterchildren(f"{self._w}style")
        self._styles: dict[str, Element] = {self._attribute(style, "styleId"): style for style in found}
        self._default = next((style for style in self._styles.values() if self._is_default(style)), None)
        self._levels = {} if numbering is None else dict(self._linked_levels(numbering))
        self._known: dict[tuple[str, str], Element | None] = {}

    def run(self) -> list[str]:
        """Rewrites the document. The order matters: hidden text is counted before links are unwrapped."""
        remarks = list(self._remarks_on_changes())
        hidden = self._drop_hidden()
        if hidden:
            remarks.append(f"{hidden} words that the document hides were left out. If they matter, show them and save.")
        self._drop_unread()
        for paragraph in list(self._document.iter(f"{self._w}p")):
            self._restyle(paragraph)
        return remarks

    def _remarks_on_changes(self) -> Iterator[str]:
        tags = [f"{self._w}{name}" for name in ("ins", "del", "moveFrom", "moveTo")]
        if next(self._document.iter(*tags), None) is not None:
            yield "it has tracked changes, read as if all were accepted. Accept or reject them to be sure."

    def _drop_hidden(self) -> int:
        """Drops runs that Word doesn't show. Returns how many words they hold."""
        words = 0
        for run in list(self._document.iter(f"{self._w}r")):
            if self._is_hidden(run):
                words += sum(word_count(text.text or "") for text in run.iter(f"{self._w}t"))
                run.getparent().remove(run)
        return words

    def _is_hidden(self, run: Element) -> bool:
        own = run.find(f"{self._w}rPr")
        flag = None if own is None else own.find(f"{self._w}vanish")
        if flag is not None:
            return self._is_on(flag)
        paragraph = next(run.iterancestors(f"{self._w}p"), None)
        named = (self._style_of(run, "r"), "" if paragraph is None else self._style_of(paragraph, "p"))
        return any(self._is_on(self._inherited(style, "rPr/vanish")) for style in named)

    def _drop_unread(self) -> None:
        """Takes out contents lists, marks of notes and comments, and pictures; keeps the text of links, fields and boxes."""
        for gallery in list(self._document.iter(f"{self._w}docPartGallery")):
            holder = next(gallery.iterancestors(f"{self._w}sdt"), None)
            if holder is not None and self._attribute(gallery, "val") == "Table of Contents":
                holder.getparent().remove(holder)
        for choice in list(self._document.iter("{*}AlternateContent")):
            # Text boxes in two notations, of which mammoth reads the older: keep the boxes of one.
            picture = etree.Element(f"{self._w}pict")
            for notation in choice:
                if not len(picture):
                    picture.extend(list(notation.iter(f"{self._w}txbxContent")))
            choice.getparent().replace(choice, picture)
        notes = ("footnoteReference", "endnoteReference", "commentReference")
        pictures = ("{*}blip", "{*}imagedata")
        etree.strip_elements(self._document, *(f"{self._w}{note}" for note in notes), *pictures, with_tail=False)
        etree.strip_tags(self._document, *(f"{self._w}{name}" for name in ("hyperlink", "fldSimple", "dir", "bdo")))

    def _restyle(self, paragraph: Element) -> None:
        """Gives a paragraph one of our styles or none, and the numbering that its own style gives it."""
        style = self._style_of(paragraph, "p")
        if _CONTENTS_NAME.fullmatch(self._name(style)):
            paragraph.getparent().remove(paragraph)
            return
        properties = paragraph.find(f"{self._w}pPr")
        if properties is None:
            properties = etree.Element(f"{self._w}pPr")
            paragraph.insert(0, properties)
        if properties.find(f"{self._w}numPr") is None:
            self._number(properties, style)
        ours = self._our_style(properties, style)
        etree.strip_elements(properties, f"{self._w}pStyle", with_tail=False)
        if ours:
            etree.SubElement(properties, f"{self._w}pStyle", {f"{self._w}val": ours})

    def _our_style(self, properties: Element, style: str) -> str | None:
        own = properties.find(f"{self._w}outlineLvl")
        level = self._inherited(style, "pPr/outlineLvl") if own is None else own
        rank = int(self._attribute(level, "val") or _HIGHEST_RANK) + 1 if level is not None else None
        names = [self._name(each).casefold() for each in self._chain(style)]
        if "title" in names and "subtitle" not in names:
            return TITLE
        if rank is None:
            rank = next((int(found[1]) for name in names if (found := _HEADING_NAME.fullmatch(name))), None)
        if rank is not None and 1 <= rank <= _HIGHEST_RANK:
            return f"{HEADING}{rank}"
        numbered = properties.find(f"{self._w}numPr") is not None
        return BOLD if not numbered and self._is_on(self._inherited(style, "rPr/b")) else None

    def _number(self, properties: Element, style: str) -> None:
        for each in self._chain(style):
            number = self._within(each, "pPr/numPr/numId")
            if number is not None:
                own = self._within(each, "pPr/numPr/ilvl")
                level = self._levels.get(each) or (self._attribute(own, "val") if own is not None else "") or "0"
                holder = etree.SubElement(properties, f"{self._w}numPr")
                etree.SubElement(holder, f"{self._w}ilvl", {f"{self._w}val": level})
                etree.SubElement(holder, f"{self._w}numId", {f"{self._w}val": self._attribute(number, "val")})
                return

    def _linked_levels(self, numbering: Element) -> Iterator[tuple[str, str]]:
        """The list level that the numbering part gives to paragraph styles."""
        for link in numbering.iter(f"{self._w}pStyle"):
            yield self._attribute(link, "val"), self._attribute(link.getparent(), "ilvl")

    def _chain(self, style: str) -> Iterator[str]:
        """A style and those that it is based on, itself first."""
        seen: set[str] = set()
        while style and style not in seen:
            seen.add(style)
            yield style
            base = self._within(style, "basedOn")
            style = self._attribute(base, "val") if base is not None else ""

    def _inherited(self, style: str, path: str) -> Element | None:
        """What a style says at a path such as "rPr/b", or what the nearest of those says that it is based on."""
        key = (style, path)
        if key not in self._known:
            said = (self._within(each, path) for each in self._chain(style))
            self._known[key] = next((found for found in said if found is not None), None)
        return self._known[key]

    def _within(self, style: str, path: str) -> Element | None:
        element = self._styles.get(style)
        return None if element is None else element.find("/".join(f"{self._w}{step}" for step in path.split("/")))

    def _style_of(self, element: Element, kind: str) -> str:
        """The id of a run's ("r") or paragraph's ("p") style; the default paragraph style where it names none."""
        named = element.find(f"{self._w}{kind}Pr/{self._w}{kind}Style")
        if named is not None:
            return self._attribute(named, "val")
        return self._attribute(self._default, "styleId") if kind == "p" and self._default is not None else ""

    def _name(self, style: str) -> str:
        """A style's name for people; its id where the document doesn't define it."""
        name = self._within(style, "name")
        return self._attribute(name, "val") if name is not None else style

    def _is_default(self, style: Element) -> bool:
        return self._attribute(style, "type") == "paragraph" and self._attribute(style, "default") in ("1", "true")

    def _is_on(self, flag: Element | None) -> bool:
        return flag is not None and self._attribute(flag, "val") not in _OFF

    def _attribute(self, element: Element, name: str) -> str:
        value: str = element.get(f"{self._w}{name}", "")
        return value
