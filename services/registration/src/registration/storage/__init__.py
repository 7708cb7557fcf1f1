"""Collections, indexes and read queries of registration."""
