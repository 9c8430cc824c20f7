"""Whether a message tells of danger, of which kind, and when it is over."""
