"""The font of icons, with the icons that can be shown: a thirtieth of the bytes.

Streamlit's holds some four thousand icons and is a third of what a first visit to a check-in loads.
An icon is a ligature: the letters of its name are drawn as one picture.
"""

import re
from collections.abc import Iterable
from io import BytesIO
from string import ascii_lowercase, digits

from fontTools import subset
from fontTools.ttLib import TTFont

_NAME = re.compile(r":material/([a-z0-9_]+):")
_LETTERS = frozenset(f"{ascii_lowercase}{digits}_ ")


def named_in(texts: Iterable[str]) -> frozenset[str]:
    """What scripts of ours or of Streamlit's call their icons, where a name stands whole."""
    return frozenset(name for text in texts for name in _NAME.findall(text))


def cut(font: bytes, names: Iterable[str]) -> bytes:
    """WOFF2 in and out. A name that the font does not know is passed over: it shows as text there
    as well."""
    opened = TTFont(BytesIO(font))
    letters = {chr(code): glyph for code, glyph in opened.getBestCmap().items()}
    icons = _ligatures(opened)
    spelled = {tuple(letters.get(letter, "") for letter in name) for name in names}
    options = subset.Options(flavor="woff2", layout_features=["*"])
    options.layout_closure = False  # or every icon that these letters can spell would stay
    cutter = subset.Subsetter(options)
    cutter.populate(
        glyphs={icons[name] for name in spelled if name in icons}
        | {glyph for letter, glyph in letters.items() if letter in _LETTERS}
    )
    cutter.subset(opened)
    opened.flavor = "woff2"
    written = BytesIO()
    opened.save(written)
    return written.getvalue()


def _ligatures(font: TTFont) -> dict[tuple[str, ...], str]:
    """Each icon's glyph by the glyphs of the letters that are typed for it."""
    found = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            real = getattr(table, "ExtSubTable", table)
            for first, several in getattr(real, "ligatures", {}).items():
                for one in several:
                    found[first, *one.Component] = one.LigGlyph
    return found
