"""Knows Chinese sentences and nothing of us: what was meant, and which values were given. Pure."""
