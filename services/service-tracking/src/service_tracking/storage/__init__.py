"""Where it is kept: collections, indexes, and the reads and conditional updates that use cases share."""
