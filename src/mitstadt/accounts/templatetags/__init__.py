"""How allauth's elements and this room's pages become house components."""
