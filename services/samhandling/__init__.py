"""The stay: from innleggelse to utskrivning, and the messages that tell of it."""
