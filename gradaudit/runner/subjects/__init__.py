"""What is audited: from a declaration to a forward and a backward that can be called, whatever was decorated."""
