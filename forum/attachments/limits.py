"""How large, how many, how long."""

MB = 1 << 20
IMAGE_BYTES = 10 * MB
FILE_BYTES = 20 * MB
# What one request may carry: an upload by itself; a form that has files beside its text.
UPLOAD_REQUEST = FILE_BYTES + MB
FORM_REQUEST = 42 * MB
PER_OWNER = 10
DAY_BYTES = 200 * MB
NAME = 100
REASON = 300
SHORTEST_REASON = 10
