# Asterisk as Debian builds it (forky: 22.10.1). Its configuration, sounds and records lie in the shared /state.
FROM debian:forky-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends asterisk asterisk-modules asterisk-core-sounds-en \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 1000 --create-home callcenter
USER callcenter
# Before everything else on the machine, as cti/precedence.py has it, where the container may (compose.yaml: rtprio).
ENTRYPOINT ["sh", "-c", "chrt --rr 10 true 2>/dev/null && exec chrt --rr 10 \"$0\" \"$@\"; exec \"$0\" \"$@\"", \
            "asterisk", "-C", "/state/asterisk/etc/asterisk.conf"]
CMD ["-f"]
HEALTHCHECK --interval=5s --timeout=5s --start-period=20s \
    CMD asterisk -C /state/asterisk/etc/asterisk.conf -rx "core waitfullybooted" || exit 1
