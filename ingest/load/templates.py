"""Removes what a site generator would have filled in: Jinja, Liquid and kramdown markup is never guidance."""

import re

_COMMENT = re.compile(r"\{%-?\s*comment\s*-?%\}|\{%-?\s*endcomment\s*-?%\}")


def drop_template_markup(text: str) -> str:
    """Text without `{% … %}`, `{{ … }}`, `{# … #}`, and without anything between `{% comment %}` and its end."""
    parts = _COMMENT.split(text)
    text = "".join(parts[::2])
    for opening, closing in (("{#", "#}"), ("{%", "%}"), ("{{", "}}")):
        text = drop_between(text, opening, closing)
    return text


def drop_between(text: str, opening: str, closing: str) -> str:
    """Text without anything from an opening mark to the closing mark after it."""
    # Two finds instead of a regular expression: a file of nothing but "{%" would cost a pattern quadratic time.
    kept: list[str] = []
    position = 0
    while (start := text.find(opening, position)) >= 0:
        end = text.find(closing, start + len(opening))
        if end < 0:
            break
        kept.append(text[position:start])
        position = end + len(closing)
    kept.append(text[position:])
    return "".join(kept)
