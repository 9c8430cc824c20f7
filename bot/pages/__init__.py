"""What residents open from links sent in the chat."""
