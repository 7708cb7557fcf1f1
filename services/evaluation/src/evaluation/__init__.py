"""How well: the ledger of facts, indicators, standings and bulletins."""
