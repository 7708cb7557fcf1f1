"""What this service tells others and what it hears from them."""
