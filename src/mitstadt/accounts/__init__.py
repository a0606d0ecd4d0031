"""Login, trust levels, the Actor, guests with a confirmed e-mail address."""
