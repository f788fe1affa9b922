"""Rules about the code and files of the project itself that no other tool checks."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mindspa.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
PROGRAM = sorted(path for folder in ("mindspa", "pages") for path in (ROOT / folder).rglob("*.py"))
PAGES = [path for path in PROGRAM if path.parent == ROOT / "pages"]
DOMAIN = sorted((ROOT / "mindspa" / "domain").rglob("*.py"))
FILES = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    if name and (ROOT / name).is_file()
]
DOCUMENTS = [path for path in FILES if path.suffix == ".md"]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=named(path))


def imported_by(path: Path) -> Iterator[str]:
    """Dotted names: `from a import b` counts as a.b, since b may be a module."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(tree: ast.AST) -> Iterator[str]:
    """The dotted name of everything that is called: "st.button", "session.require"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def is_import_or_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def fragments(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(
            "fragment" in ast.unparse(decorator) for decorator in node.decorator_list
        ):
            yield node


# --- Pages: guard, act, load, draw ---------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_imports_only_what_pages_may(page: Path) -> None:
    allowed = ("streamlit", "mindspa.ui", "mindspa.services", "mindspa.domain", "mindspa.charts")
    for name in imported_by(page):
        is_allowed = name.startswith(allowed) or name.split(".")[0] in sys.stdlib_module_names
        assert is_allowed, f"a page may not import {name}"
        assert "._" not in name, f"{name} is private to its module"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_is_thin_and_guards_itself_first(page: Path) -> None:
    body = [part for part in parsed(page).body if not is_import_or_docstring(part)]
    assert "session.require" in set(calls(body[0])), "the first statement is session.require(…)"
    lines = page.read_text("utf-8").splitlines()
    assert len(lines[body[0].lineno - 1 :]) <= 30


@pytest.mark.parametrize("path", PROGRAM, ids=named)
def test_a_fragment_guards_itself_first(path: Path) -> None:
    """A fragment's rerun passes neither the page nor the page's guard. One that the browser starts
    by itself may look whether somebody is still there instead of turning them away."""
    for fragment in fragments(parsed(path)):
        first = next(part for part in fragment.body if not is_import_or_docstring(part))
        guards = {"session.require", "require"}
        if any("run_every" in ast.unparse(decorator) for decorator in fragment.decorator_list):
            guards |= {"session.signed_in", "signed_in"}
        assert guards & set(calls(first)), f"{fragment.name} starts without session.require(…)"


# --- What no part of the program may do ----------------------------------------------------------

# Streamlit serves the bytes of these from /media, to whoever has the address, signed in or not.
SERVED_WITHOUT_SIGN_IN = {"download_button", "image", "pdf", "audio", "video", "logo"}
# Shared by everybody whom the process serves.
SHARED_BETWEEN_PEOPLE = {"cache_data", "cache_resource"}


@pytest.mark.parametrize("path", PROGRAM, ids=named)
def test_nothing_of_a_patient_leaves_past_the_guards(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("st", "st.sidebar"):
            assert node.attr not in SERVED_WITHOUT_SIGN_IN | SHARED_BETWEEN_PEOPLE, node.lineno
        if isinstance(node, ast.keyword):
            assert node.arg not in ("unsafe_allow_html", "unsafe_allow_javascript"), node.lineno
    assert not {"pickle", "shelve", "marshal"} & {name.split(".")[0] for name in imported_by(path)}


@pytest.mark.parametrize("path", PROGRAM, ids=named)
def test_an_icon_is_named_whole(path: Path) -> None:
    """The font that is served holds those that are found in the text of the scripts."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.JoinedStr):
            fixed = "{}".join(ast.unparse(part) for part in node.values)
            assert ":material/" not in re.sub(r":material/[a-z0-9_]+:", "", fixed), node.lineno


# Each looks at the whole figure anew: a layout is given as one value.
ONE_BY_ONE = re.compile(r"add_(trace|shape|hline|vline|hrect|vrect|annotation|layout_image)s?")


@pytest.mark.parametrize("path", PROGRAM, ids=named)
def test_a_figure_is_laid_out_at_once(path: Path) -> None:
    called = {name.split(".")[-1] for name in calls(parsed(path))}
    assert not [name for name in called if ONE_BY_ONE.fullmatch(name)]


@pytest.mark.parametrize("path", DOMAIN, ids=named)
def test_the_domain_is_plain_python_that_asks_no_clock(path: Path) -> None:
    for name in imported_by(path):
        package = name.split(".")[0]
        assert package in sys.stdlib_module_names or name.startswith("mindspa.domain."), name
    asked = {name.split(".")[-1] for name in calls(parsed(path))}
    assert not asked & {"now", "utcnow", "today", "time", "monotonic"}


@pytest.mark.parametrize("path", [*PROGRAM, ROOT / "app.py"], ids=named)
def test_nothing_is_fetched_from_outside(path: Path) -> None:
    """Names that look like addresses and are none, such as those of XML, may be added here."""
    addresses = re.findall(r"\b(?:https?|wss?)://([\w.-]+)", path.read_text("utf-8"))
    assert {host for host in addresses if not host.endswith(".example.org")} <= {"127.0.0.1"}


@pytest.mark.parametrize("path", PROGRAM, ids=named)
def test_a_file_has_one_responsibility(path: Path) -> None:
    # A migration is written once, for all tables of one version.
    assert "migrations" in path.parts or len(path.read_text("utf-8").splitlines()) <= 450


# --- Files ---------------------------------------------------------------------------------------


def test_files_are_small_and_pictures_have_their_place() -> None:
    for path in FILES:
        is_text = b"\0" not in path.read_bytes()[:8192]
        assert is_text or path.stat().st_size <= 200_000, named(path)
        assert is_text or path.is_relative_to(ROOT / "docs" / "pictures"), named(path)


@pytest.mark.parametrize("page", DOCUMENTS, ids=named)
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
        assert "://" in target or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", DOCUMENTS, ids=named)
def test_the_places_that_documents_name_exist(page: Path) -> None:
    places = re.findall(r"`((?:mindspa|pages|data|tests)/[\w/.]+)`", page.read_text("utf-8"))
    assert [place for place in places if not (ROOT / place).exists()] == []


@pytest.mark.parametrize("page", DOCUMENTS, ids=named)
def test_the_tests_that_documents_name_exist(page: Path) -> None:
    for file, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page.read_text("utf-8")):
        defined = {node.name for node in parsed(ROOT / file).body if hasattr(node, "name")}
        assert name in defined, f"{file}::{name}"


def test_every_setting_is_in_the_manual() -> None:
    manual = (ROOT / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| `(MINDSPA_\w+)` \| (.+) \| (.+) \|$", manual, flags=re.MULTILINE)
    fields = {PREFIX + name.upper(): field for name, field in Settings.model_fields.items()}
    assert {name: means for name, _, means in rows} == {
        name: field.description for name, field in fields.items()
    }
    for name, default, _ in rows:
        value = fields[name].default
        shown = "not set" if value is None else str(value).replace(f"{ROOT}/", "")
        assert default.strip("`") == shown, name


def requirements(name: str) -> dict[str, str]:
    """Version by name; a line is `name[extra]==version  # reason`."""
    found = {}
    for line in (ROOT / name).read_text("utf-8").splitlines():
        if line and not line.startswith(("#", "-r ")):
            package, version = line.split("#")[0].strip().split("==")
            found[re.sub(r"\[.*\]", "", package).lower().replace("_", "-")] = version
    return found


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_what_is_required_is_locked_to_the_same_version_and_has_a_reason(name: str) -> None:
    assert requirements(name).items() <= requirements("constraints.txt").items()
    for line in (ROOT / name).read_text("utf-8").splitlines():
        assert "==" not in line or "  # " in re.sub(" +#", "  #", line), line


@pytest.mark.parametrize("path", PROGRAM, ids=named)
def test_what_is_imported_is_required(path: Path) -> None:
    packages = {name.split(".")[0] for name in imported_by(path)} - sys.stdlib_module_names
    packages = {package.lower() for package in packages}
    assert packages <= requirements("requirements.txt").keys() | {"mindspa"}


# --- The look ------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_can_be_read_on_its_ground(mode: str) -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"][mode]
    grounds = [theme["backgroundColor"], theme["secondaryBackgroundColor"]]
    pairs = [("#ffffff", theme["primaryColor"])]
    pairs += [(theme[text], ground) for text in ("textColor", "linkColor") for ground in grounds]
    for hue in ("red", "orange", "yellow", "blue", "green", "violet", "gray"):
        text = theme[f"{hue}TextColor"]
        pairs += [(text, ground) for ground in (*grounds, theme[f"{hue}BackgroundColor"])]
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []
    # The edge of what is chosen needs 3 to 1.
    assert min(contrast(theme["primaryColor"], ground) for ground in grounds) >= 3
