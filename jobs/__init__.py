"""The edge to the clock: what is due, and the way out."""
