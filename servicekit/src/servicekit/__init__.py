"""What every service of the house is built with."""
