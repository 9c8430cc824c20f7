"""How Linli works: from WeChat's webhook to the community's services and back."""

__version__ = "0.1.0"
