"""Social offers: who helps with what, where and when; found with everyday words, kept alive by those who offer them."""
