"""Telephones for tests, benchmarks and `callcenter call`: SIPp speaks SIP, Python commands it and has the voice."""
