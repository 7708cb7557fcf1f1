"""A demo city, played through the public GraphQL endpoint only."""
