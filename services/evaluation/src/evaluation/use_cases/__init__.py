"""What this service does: keep facts, and prove that its books are right."""
