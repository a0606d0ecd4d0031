"""Django's SQLite backend with a fair queue for writers. Use ``"ENGINE": "mitstadt.kit.sqlite"``."""
