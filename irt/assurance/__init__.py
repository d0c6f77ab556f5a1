"""Proof: verification, masking searches, histories."""
