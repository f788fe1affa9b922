"""Formats of other systems to values and back; stores nothing."""
