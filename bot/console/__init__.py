"""What staff see: one file per page, with a template of the same name."""
