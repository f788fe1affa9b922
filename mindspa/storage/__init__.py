"""The only layer that touches the database or the files of data/."""
