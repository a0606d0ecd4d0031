"""The directory in HSDS 3.1 (Open Referral, https://docs.openreferral.org): read by programs, exported, imported.

`profile` is what HSDS lacks and how it is said, `shapes` builds the objects, `selecting` finds what is asked for, `api`
answers, `reading` turns a service of anybody's HSDS into an entry. Described in docs/hsds.md.
"""
