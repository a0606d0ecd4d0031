"""Settings of a Mitstadt installation, read from the environment.

`base` holds what every installation shares; `demo`, `test` and `production` each say only what differs.
"""
