#: A test compares it with that of the JavaScript SDK.
__version__ = "0.1.0"
