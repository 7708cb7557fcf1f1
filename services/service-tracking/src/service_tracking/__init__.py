"""What: offers, claims, service records and their confirmation."""
