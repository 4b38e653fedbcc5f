"""Turns guidance documents into one immutable, verified index build."""
