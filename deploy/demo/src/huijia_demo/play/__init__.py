"""Plays the scenario through the public endpoint, and through nothing else."""
