"""Kinds of values in what people say: one file each, which says everything of itself. Pure.

`kind.py` says what a kind is, `shipped.py` lists those that ship; a service may bring further ones.
"""
