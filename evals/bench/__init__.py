"""Benchmarks on public question sets."""
