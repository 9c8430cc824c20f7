"""What machines call: the services' routes under /api/v1, and the description of all of them."""
