"""Starlette routes and middleware beside Streamlit on the same port."""
