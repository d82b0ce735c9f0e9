"""The AMI link to Asterisk: protocol without I/O (`codec`, `message`) and the client that keeps it up (`client`)."""
