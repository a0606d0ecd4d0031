"""The package of an archived process: readable without a server, without this software, in twenty years."""
