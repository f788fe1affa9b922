"""One module a change, named by number."""
