"""Loaders: one file format each, all giving an ingest.document.Document."""
