"""The first packet of a connection as an Ethernet frame, by hand: from whatever source, to whatever
destination, and with checksums that conntrack takes."""
import ipaddress
import struct

from . import sctp

NUMBERS = {"TCP": 6, "UDP": 17, "SCTP": sctp.PROTOCOL}
ETHERTYPES = {4: 0x0800, 6: 0x86DD}
SYN = 2


def frame(source, destination, protocol, source_port, port, macs=(bytes(6), bytes(6)), sequence=1):
    """`macs`: of the receiver and of the sender; `sequence`: TCP's number."""
    source, destination = map(ipaddress.ip_address, (source, destination))
    number = NUMBERS[protocol]
    segment = _segment(protocol, source_port, port, _pseudo_header(source, destination, number), sequence)
    if source.version == 4:
        header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), source_port, 0, 64, number, 0,
                             source.packed, destination.packed)
        header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
    else:
        header = struct.pack("!IHBB16s16s", 6 << 28, len(segment), number, 64, source.packed,
                             destination.packed)
    return b"".join((*macs, struct.pack("!H", ETHERTYPES[source.version]), header, segment))


def checksum(data):
    """Of the Internet protocols (RFC 1071); of an even number of bytes."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _pseudo_header(source, destination, number):
    """Without the length, which is added as the first thing behind it."""
    return source.packed + destination.packed + struct.pack("!BB", 0, number)


def _segment(protocol, source_port, port, pseudo_header, sequence):
    if protocol == "SCTP":
        return sctp.init_packet(source_port, port, source_port)
    if protocol == "TCP":
        made, at = struct.pack("!HHIIBBHHH", source_port, port, sequence, 0, 5 << 4, SYN, 65535, 0, 0), 16
    else:
        made, at = struct.pack("!HHHH", source_port, port, 8, 0), 6
    found = checksum(pseudo_header + struct.pack("!H", len(made)) + made)
    return made[:at] + struct.pack("!H", found or 0xFFFF) + made[at + 2:]
