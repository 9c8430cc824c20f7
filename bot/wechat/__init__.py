"""Knows WeChat and nothing of us: signatures, XML, the API, what may be sent to whom."""
