"""What a posted form may be: from a page of our own, small, and leading back to our own pages."""

from urllib.parse import parse_qs, unquote, urlsplit

from starlette.requests import ClientDisconnect, HTTPConnection, Request

from mindspa import bootstrap
from mindspa.domain.errors import InvalidInput, MindSpaError, NotPermitted, TooManyTries

LARGEST_FORM = 8 * 1024  # bytes
LONGEST_PATH = 1000
_DOORS = ("/sign-in", "/sign-in/code", "/sign-out", "/password", "/second-factor", "/sign-on")


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form. Refuses a form that another site made the browser send: that is how a
    visitor would be signed in as somebody else, or out."""
    require_own_page(request)
    return fields_in(await read_body(request))


def require_own_page(request: Request) -> None:
    if not is_own_origin(request.headers.get("origin") or request.headers.get("referer"), request):
        raise NotPermitted("This form was not sent from our own page. Open the page and try again.")


async def read_body(request: Request) -> bytes:
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_FORM:
                raise InvalidInput("The form is too large. Reload the page and try again.")
    except ClientDisconnect:
        raise InvalidInput("The form did not arrive whole. Send it again.") from None
    return body


def fields_in(body: bytes) -> dict[str, str]:
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError:  # also of a text that is not UTF-8
        raise InvalidInput("The form cannot be read. Reload the page and try again.") from None
    return {name: values[-1] for name, values in fields.items()}


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def status_of(error: MindSpaError) -> int:
    """Of a form that is refused."""
    return 429 if isinstance(error, TooManyTries) else 422


def is_own_origin(origin: str | None, request: HTTPConnection) -> bool:
    """Whether an Origin (or a Referer) names this server. Its Host has been checked before."""
    if not origin:
        return False
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    scheme = "https" if bootstrap.runtime().settings.secure else "http"
    return parts.scheme == scheme and parts.netloc == request.headers.get("host")


def local_path(wanted: str | None) -> str:
    """The page to go to after signing in: a path of this server, or else the first page.

    Browsers read "/\\evil.example" and "//evil.example" as another host, and skip tabs and line
    ends; whatever looks like that, now or once decoded, is not followed.
    """
    if not wanted or len(wanted) > LONGEST_PATH:
        return "/"
    for text in (wanted, unquote(wanted), unquote(unquote(wanted))):
        odd = not text.isprintable() or "\\" in text or " " in text
        if odd or not text.startswith("/") or text.startswith("//"):
            return "/"
    path = urlsplit(wanted).path
    # A download leaves the browser where it was: at the sign-in form.
    leads_nowhere = path in _DOORS or path.startswith(("/download/", "/password/", "/sign-on/"))
    return "/" if leads_nowhere else wanted
