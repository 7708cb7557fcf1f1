"""The registration subgraph."""
