"""One graph: one GraphQL endpoint over every service's subgraph."""
