"""Pages below /konto/. None of them may be cached."""
