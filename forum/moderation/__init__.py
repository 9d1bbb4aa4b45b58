"""Order in the forum: flags, cases, and what moderators do about them."""
