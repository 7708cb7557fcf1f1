"""Rules of registration. Pure: instants, ids and random bits come in as arguments."""
