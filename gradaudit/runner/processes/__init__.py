"""The processes of a run: the parent's side, the host, and the lines they exchange. Nothing here knows an audit."""
