"""What registration tells on the bus, and what it listens to."""
