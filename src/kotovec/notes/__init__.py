"""Related notes in a vault of Markdown: what is alike, and why. Nothing here writes a note or touches the network."""
