"""Who may act: accounts, credentials, roles."""
