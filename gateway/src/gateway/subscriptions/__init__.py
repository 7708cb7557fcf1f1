"""Subscriptions: a subgraph's stream, each event completed by the others, told over WebSocket or server-sent events."""
