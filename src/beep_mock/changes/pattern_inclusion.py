def is_included(one, other):
    return None
