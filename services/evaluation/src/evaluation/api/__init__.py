"""The subgraph: what may be asked, by whom, and how it is loaded."""
