"""Processes of participation: phases in time, who may do what, contributions of every channel, what came of them."""
