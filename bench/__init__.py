"""Benchmarks: `make bench`. Speed is a ratio or a rate of this machine, never a test."""
