"""The service's shared rooms and the program itself."""
