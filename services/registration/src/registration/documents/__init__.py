"""Papers and workbooks that people take away."""
