"""What tests of every room share; the fixtures are loaded by `conftest.py` at the top."""
