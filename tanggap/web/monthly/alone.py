"""The monthly report as one HTML file that needs nothing beside it."""

import re

from tanggap.platform.i18n import translator
from tanggap.web.monthly.model import Document
from tanggap.web.templating import STATIC, environment

#: The styles that the file carries, in the order in which a page loads them.
STYLES = ("tokens", "monthly")
#: What a page has from styles that the file leaves out.
GROUND = (
    "*{box-sizing:border-box}"
    "body{margin:0;padding:1rem;background:var(--page);font-family:var(--sans);line-height:var(--leading)}"
    "@page{size:A4;margin:16mm 14mm}"
    "@media print{body{padding:0;background:none;font-size:10pt}}"
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def html_of(document: Document) -> str:
    """The whole file."""
    sheets = [_COMMENT.sub("", (STATIC / "css" / f"{name}.css").read_text(encoding="utf-8")) for name in STYLES]
    css = re.sub(r"\s+", " ", "".join([*sheets, GROUND])).replace("</", "<\\/")
    say = translator("en" if document.language == "en" else "id")
    return environment().get_template("monthly/alone.html").render(document=document, css=css, _=say)
