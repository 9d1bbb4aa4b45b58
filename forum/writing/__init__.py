"""What every feature shares in which people write: texts that are rendered and stored."""
