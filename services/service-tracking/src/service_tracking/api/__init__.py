"""The subgraph: what may be asked and done, and by whom."""
