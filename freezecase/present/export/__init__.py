"""Whole stores in the formats of others."""
