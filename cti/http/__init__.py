"""What programs and people see of the centre over HTTP: JSON API, WebSocket, metrics, one plain page."""
