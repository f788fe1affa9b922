"""The least that Streamlit can be asked to do."""

import streamlit as st

st.write("One line.")
