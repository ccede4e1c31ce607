"""Whole documents: one file, with its style inside and leave to load nothing else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

STYLES = ("web/tokens.css", "web/document.css")


def document(template: str, context: Mapping[str, Any], *styles: str) -> str:
    """Return a page that extends `web/base_document.html`, with the shell's style and its own inlined and named in its policy."""
    style = "\n".join(render_to_string(name, dict(context)).strip() for name in (*STYLES, *styles))
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{allowed}'; img-src data:; base-uri 'none'; form-action 'none'"
    page: str = render_to_string(template, {**context, "style": mark_safe(style), "policy": mark_safe(policy)})
    return page


def pattern(template: str, **context: Any) -> str:
    """Return a template filled once, whose `{places}` `str.format` then fills for every row: a template a row is too slow."""
    return str(render_to_string(template, context)).strip()


def joined(parts: list[str]) -> SafeString:
    """Return finished pieces of HTML as one."""
    return mark_safe("".join(parts))
