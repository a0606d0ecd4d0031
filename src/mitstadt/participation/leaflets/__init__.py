"""Viertelblatt: one large-print A4 sheet per district and month, for the noticeboard."""
