"""A stand-in for WeChat: phones to write from, and the API that the bot calls. For the demo and for tests."""
