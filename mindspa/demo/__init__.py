"""A simulated clinic: made-up people who are treated and answer as real ones do."""
