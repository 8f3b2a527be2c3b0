"""Fills a Word template: what an officer wrote between `{{` and `}}` becomes words, everything else stays."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

# The engine takes 20 MiB of memory: it is loaded with the first paper, and a team that makes none never pays for it.

PARAGRAPH = "\a"  # docxtpl's sign for a new paragraph within a value
MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def paragraphs(words: str) -> str:
    """Words of a person for a template: each line a paragraph of the same style, and nothing that XML cannot hold."""
    lines = ("".join(one for one in line if one.isprintable()).strip() for line in words.splitlines())
    return PARAGRAPH.join(line for line in lines if line)


def fill(template: bytes, values: Mapping[str, Any]) -> bytes:
    """The document as bytes. Names that the template uses and `values` lacks print nothing.

    A template is an officer's file, not a program: it is read in a sandbox, and values never become markup.
    """
    from docxtpl import DocxTemplate  # noqa: PLC0415
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415

    document = DocxTemplate(io.BytesIO(template))
    document.render(dict(values), SandboxedEnvironment(autoescape=True))
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


class NoTemplate(Exception):
    """Word's format or the template language is broken in this file."""


def names_in(template: bytes) -> set[str]:
    """Every name that a template asks for.

    Raises:
        NoTemplate: it cannot be read; it says why.
    """
    from docx.opc.exceptions import OpcError  # noqa: PLC0415
    from docxtpl import DocxTemplate  # noqa: PLC0415
    from jinja2 import TemplateError  # noqa: PLC0415
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415

    # What Word's files and the template language raise for a file that is none, or that is broken inside.
    unreadable = (TemplateError, OpcError, zipfile.BadZipFile, SyntaxError, KeyError, ValueError, AttributeError)
    try:
        found: set[str] = DocxTemplate(io.BytesIO(template)).get_undeclared_template_variables(
            SandboxedEnvironment(autoescape=True)
        )
    except unreadable as fault:
        raise NoTemplate(f"{type(fault).__name__}: {fault}") from None
    return found
