"""The contract between programs that upgrade on different days: catalogue, codec, generated classes, compatibility."""
