"""Names and notes as they were written: Streamlit would read Markdown in them."""

import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
# What becomes a link or a symbol although it is escaped: addresses, and names between colons.
_MADE_INTO_SOMETHING = re.compile(r":(?=//|[\w+/-]+:)|www(?=\.)|@(?=\w)", re.IGNORECASE)
_WORD_JOINER = "\u2060"  # keeps it apart without being seen


def plain(text: str) -> str:
    apart = _MADE_INTO_SOMETHING.sub(lambda found: found.group() + _WORD_JOINER, text)
    return _MARKDOWN.sub(r"\\\1", apart)
