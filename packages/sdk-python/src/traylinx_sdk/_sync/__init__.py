# Made of the file of the same name in `_async` by make_sync.py. Change that one.
