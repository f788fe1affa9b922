"""What to expect before, during and after an infusion, and published results with their limits."""

import streamlit as st

from mindspa.domain.evidence import PublishedResult
from mindspa.services.show_treatment import AboutTreatment
from mindspa.ui.plain_text import plain


def draw(known: AboutTreatment) -> None:
    parts = {"Before": known.text.before, "During": known.text.during, "After": known.text.after}
    for title, sentences in parts.items():
        st.header(title, anchor=False)
        st.markdown("\n".join(f"- {plain(sentence)}" for sentence in sentences))
    if known.clinic.phone:
        st.info(
            f"What your clinic tells you about your own treatment comes first. Questions: "
            f"{plain(known.clinic.phone)}.",
            icon=":material/call:",
        )
    st.header("What is known", anchor=False)
    st.text(
        "“Response” means that a score fell to half or less. These are groups of other people: no "
        "figure says what will happen to you."
    )
    st.markdown("\n".join(f"- {_told(result)}" for result in known.evidence.results))
    st.caption(
        f"95 % intervals where there are any; those marked \\* were worked out from the published "
        f"counts. Looked up on {known.evidence.checked_on}."
    )


def _told(result: PublishedResult) -> str:
    interval = ""
    if result.low is not None and result.high is not None:
        star = r"\*" if result.computed else ""
        interval = f" ({result.low:g} to {result.high:g}{star})"
    measured = f"{result.scale}, {result.time}" if result.scale != "several" else result.time
    beside = plain(f"of {result.people:,} people, {measured}. {result.design}.")
    return (
        f"**{result.percent:g} % {plain(result.measure)}**{interval} {beside} "
        f"{plain(result.caveat)} ({plain(result.source)})"
    )
