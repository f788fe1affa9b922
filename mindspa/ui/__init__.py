"""Streamlit building blocks that pages share."""
