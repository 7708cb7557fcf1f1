"""Bulletins as files: one report, four ways to write it."""
