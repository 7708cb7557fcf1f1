"""What documents for people share: fonts, numbers that can be checked, public pages."""
