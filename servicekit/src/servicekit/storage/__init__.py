"""Documents: the client, one transaction of work, and lists by pages."""
