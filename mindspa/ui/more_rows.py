"""A table of which each press shows more."""

from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True, slots=True)
class MoreRows:
    """`name`: of its button in session state. `at_first`: rows, and so many more with each press;
    `at_most`: where that ends."""

    name: str
    at_first: int
    at_most: int

    def shown(self) -> int:
        """Read before the table is."""
        count = f"{self.name}_shown"
        rows = int(st.session_state.get(count, self.at_first))
        if st.session_state.get(self.name):
            st.session_state[count] = rows = min(rows + self.at_first, self.at_most)
        return rows

    def button(self, words: str) -> None:
        st.button(words, key=self.name)
