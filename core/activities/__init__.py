"""Activities: programmes, rounds, dispatch, submissions."""
