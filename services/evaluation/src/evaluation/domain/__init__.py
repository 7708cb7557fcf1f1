"""What is counted and how: facts, what they contribute, and the figures made of it. Pure."""
