"""Domain values in, Plotly figures and tidy frames out."""
