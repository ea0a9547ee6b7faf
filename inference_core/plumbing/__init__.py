"""What several parts of the core stand on: loopback sockets, a server's life, tables of TOML."""
