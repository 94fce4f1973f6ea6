"""The first packet of an SCTP association, by hand: the kernel may lack SCTP sockets."""
import struct

PROTOCOL = 132


def _table():
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        yield value


_TABLE = list(_table())


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value = value >> 8 ^ _TABLE[(value ^ byte) & 0xFF]
    return value ^ 0xFFFFFFFF


def init_packet(source_port, port, tag):
    """Common header and an INIT chunk (RFC 9260, sections 3.1 and 3.3.2); `tag` tells it again."""
    chunk = struct.pack("!BBHIIHHI", 1, 0, 20, tag, 65535, 1, 1, tag)
    header = struct.pack("!HHII", source_port, port, 0, 0)
    return header[:8] + struct.pack("<I", crc32c(header + chunk)) + chunk


def init_tag(packet, family):
    """The tag of an INIT packet as a raw socket delivers it (IPv4 with its IP header)."""
    if family == 4:
        packet = packet[(packet[0] & 15) * 4:]
    if len(packet) < 20 or packet[12] != 1:
        return None
    return struct.unpack("!I", packet[16:20])[0]


def port_of(packet, family):
    if family == 4:
        packet = packet[(packet[0] & 15) * 4:]
    return struct.unpack("!H", packet[2:4])[0]
