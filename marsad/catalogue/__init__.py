"""What exists: entities, their services, and the channels people meet them through."""
