"""The widget's files, which pages of any site may load: they hold code, no guidance and nobody's data."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles

WIDGET = Path(__file__).parent / "widget"
_ENTRY = "entry.js"
# A module script of another site is fetched with CORS; the second is for sites that isolate themselves (COEP).
_FOR_ANY_SITE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


class WidgetFiles(StaticFiles):
    """Static files that other sites may load. What the widget then asks of the API is another matter."""

    def file_response(self, *arguments: Any, **named: Any) -> Response:
        """The file, or that it has not changed."""
        response = super().file_response(*arguments, **named)
        response.headers.update(_FOR_ANY_SITE)
        return response


router = APIRouter(include_in_schema=False)
widget_files = WidgetFiles(directory=WIDGET)


@router.api_route("/widget.js", methods=["GET", "HEAD"])
async def widget_entry(request: Request) -> Response:
    """The one script that a page names."""
    return await widget_files.get_response(_ENTRY, request.scope)
