"""Documents: the ledger, the cells, the standings, and what is read from them."""
