"""What service is: offers, claims on them, and records of the service given. Pure: no I/O, no clock of its own."""
