"""What the program costs, measured on a real server; not part of the tests."""
