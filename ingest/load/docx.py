"""DOCX: mammoth reads the text, its lists, tables, fields and text boxes; docx_prepare first takes out what it would misread."""

from io import BytesIO
from posixpath import dirname, join, normpath
from zipfile import ZipFile

import mammoth  # type: ignore[import-untyped]
from lxml import etree, html  # type: ignore[import-untyped]

from assistant.errors import LoadError
from ingest.document import Document
from ingest.load.docx_prepare import BOLD, HEADING, TITLE, prepare
from ingest.load.office import Element, Package, reading
from ingest.load.office_sections import write_document

_STYLE_MAP = "\n".join(
    [
        f"p.{TITLE} => p.title:fresh",
        f"p.{BOLD} => p.bold:fresh",
        *(f"p.{HEADING}{rank} => h{rank}:fresh" for rank in range(1, 10)),
    ]
)


def load_docx(name: str, data: bytes) -> Document:
    """Reads a DOCX file. Notes, comments, page headers and footers, contents lists and deleted text are left out.

    Raises:
        LoadError: it is damaged, protected by a password, or unpacks to more than a document would.
    """
    with reading(name):
        package = Package(name, data)
        main = _related(package, "", "officeDocument") or "word/document.xml"
        document = package.xml(main)
        if document is None or etree.QName(document).localname != "document":
            raise LoadError(
                f"{name}: this is not a Word document, whatever its name says. Save it again as DOCX, ODT or PDF."
            )
        styles = package.xml(_related(package, main, "styles") or "word/styles.xml")
        numbering = package.xml(_related(package, main, "numbering") or "word/numbering.xml")
        warnings = [f"{name}: {remark}" for remark in prepare(document, styles, numbering)]
        property_title = package.title(_related(package, "", "core-properties") or "docProps/core.xml")
        body = _body(document, styles, numbering)
        return write_document(body, property_title=property_title, warnings=warnings)


def _related(package: Package, part: str, kind: str) -> str | None:
    """The part that `part` names as being of a kind; `""` is the package itself."""
    folder = dirname(part)
    relations = package.xml(join(folder, "_rels", f"{part.removeprefix(folder).lstrip('/')}.rels"))
    for relation in () if relations is None else relations.iterchildren("{*}Relationship"):
        target = normpath(join("/", folder, relation.get("Target", ""))).lstrip("/")
        if relation.get("Type", "").endswith(f"/{kind}") and target in package:
            return target
    return None


def _body(document: Element, styles: Element | None, numbering: Element | None) -> Element:
    """The text as a tree of HTML elements.

    mammoth is given a package of its own, of checked parts only: so it meets no picture, link or part from elsewhere.
    """
    packed = BytesIO()
    with ZipFile(packed, "w") as package:
        for part, root in (("document", document), ("styles", styles), ("numbering", numbering)):
            if root is not None:
                package.writestr(f"word/{part}.xml", etree.tostring(root, encoding="UTF-8", xml_declaration=True))
    made = mammoth.convert_to_html(packed, style_map=_STYLE_MAP, include_embedded_style_map=False)
    return html.document_fromstring(f"<html><body>{made.value}</body></html>").body
