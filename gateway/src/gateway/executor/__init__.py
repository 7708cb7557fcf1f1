"""Runs a plan: fetch, merge in place, null what failed, project."""
