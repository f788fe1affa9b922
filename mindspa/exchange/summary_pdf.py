"""The summary of an infusion as a PDF: its lines, and the vitals as a table."""

import json
from collections.abc import Sequence

# What people wrote comes in as data and is never read as part of this page.
_PAGE = b"""
#let given = json(bytes(sys.inputs.given))
#set document(title: given.lines.first(), date: none)
#set text(font: "Libertinus Serif", size: 10.5pt, lang: "en")
#set page(paper: "a4", margin: 2cm, numbering: "1 / 1")
#set par(justify: false)
#show heading: set block(below: 1em)
#heading(given.lines.first())
#for line in given.lines.slice(1) { par(line.split("\\n").join(linebreak())) }
#if given.rows.len() > 0 {
  heading(level: 2, "Vitals")
  set text(size: 9pt)
  table(
    columns: given.head.len(),
    stroke: 0.5pt + luma(120),
    table.header(..given.head.map(strong)),
    ..given.rows.flatten(),
  )
}
"""


def summary_pdf(lines: Sequence[str], head: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """With the fonts that typst brings, and nothing from the machine or the network."""
    import typst  # 30 MB, for whoever asks for such a file

    given = json.dumps({"lines": list(lines), "head": list(head), "rows": [list(r) for r in rows]})
    made = typst.compile(_PAGE, format="pdf", sys_inputs={"given": given}, ignore_system_fonts=True)
    assert isinstance(made, bytes), "one document"
    return made
