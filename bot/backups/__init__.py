"""Backups: one file that holds an installation, how it is made, kept and brought back."""
