"""From an operation to a plan: graph (what may move where), walk (ways to every field), fetch tree, optimise."""
