"""What is known of the browser's window before it has drawn anything."""

import streamlit as st


def on_a_phone() -> bool:
    return "Mobile" in st.context.headers.get("User-Agent", "")
