"""The one place where the version is written; the build and the handshake read it from here."""

VERSION = "0.1.0"
