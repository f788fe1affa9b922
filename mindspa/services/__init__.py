"""What a person can do, one module per task; no Streamlit, no SQL."""
