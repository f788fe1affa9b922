"""The few pages that are plain HTML: they work without a script and before anybody signs in."""

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

_templates = Environment(
    loader=PackageLoader("mindspa.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    return HTMLResponse(_templates.get_template(template).render(values), status)


def message(title: str, sentence: str, *, status: int) -> HTMLResponse:
    return page("message.html", status=status, title=title, sentence=sentence)
