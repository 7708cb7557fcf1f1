"""The whole city on one machine."""
