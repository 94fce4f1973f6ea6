-- Format 1.1: table checkpoint is in use, and the act CLUSTER takes every cursor away. No table is new.
PRAGMA user_version = 0x10001;
