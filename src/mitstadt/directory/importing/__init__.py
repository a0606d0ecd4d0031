"""Files of others become entries: read (`reading`), understood through a mapping (`recipe`, `hsds`, `flat`), compared
with what is here (`twins`, `planning`), and taken over piece by piece (`running`).

Nothing public changes before somebody has seen the comparison; nothing is ever deleted.
"""
