"""Kits by number: manifest, ledger, shipments, shelf."""
