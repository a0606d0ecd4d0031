"""The desk: somebody calls or stands at the counter, and staff search, read out, enter, ask and print in their name."""
