"""The demo city: generated, played through the public GraphQL endpoint only, and held to the published figures."""
