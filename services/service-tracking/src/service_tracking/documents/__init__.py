"""Papers that this service makes."""
