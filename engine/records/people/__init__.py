"""Who there is: the users who act, the persons they look for, and the galleries with their references."""
