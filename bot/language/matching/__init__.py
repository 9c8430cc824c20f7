"""Which intent a message means."""
