"""How fast the search is, how much it takes, and how soon it finds what is new; with other engines on the same documents."""
