"""Personal data kept out of what people write, found in what is there, and handed out or erased when its owner asks."""
