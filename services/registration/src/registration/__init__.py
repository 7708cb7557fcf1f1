"""Who: divisions, units, rosters, members and their dual registration."""
