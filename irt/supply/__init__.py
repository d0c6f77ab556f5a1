"""Numbered kits: their manifest, their ledger, their way from depot to site."""
