"""What a rule notes for a group (NFLOG), by nfnetlink: linux/netfilter/nfnetlink_log.h."""
import socket
import struct

NETLINK_NETFILTER, NLM_F_REQUEST, NLM_F_ACK = 12, 1, 4
CONFIG = 4 << 8 | 1  # NFNL_SUBSYS_ULOG, NFULNL_MSG_CONFIG
PACKET = 4 << 8      # NFULNL_MSG_PACKET
CFG_CMD, CFG_QTHRESH, CMD_BIND = 1, 5, 1
HEADER = struct.Struct("=IHHII")


class Notes:
    """Listens to one group from its start on."""

    def __init__(self, namespace, group):
        self._socket = namespace.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self._socket.bind((0, 0))
        body = (struct.pack("!BBH", socket.AF_UNSPEC, 0, group) + struct.pack("=HHB3x", 5, CFG_CMD, CMD_BIND) +
                struct.pack("=HH", 8, CFG_QTHRESH) + struct.pack("!I", 1))  # each at once
        self._socket.send(HEADER.pack(HEADER.size + len(body), CONFIG, NLM_F_REQUEST | NLM_F_ACK, 1, 0) + body)
        _, kind, _, _, _ = HEADER.unpack_from(self._socket.recv(4096))
        assert kind == 2, "an acknowledgement"
        self._socket.settimeout(0.3)

    def count(self):
        """How many packets were noted since the last call."""
        noted = 0
        try:
            while True:
                data = self._socket.recv(1 << 16)
                while data:
                    length, kind, _, _, _ = HEADER.unpack_from(data)
                    noted += kind == PACKET
                    data = data[(length + 3) & ~3:]
        except TimeoutError:
            return noted

    def close(self):
        self._socket.close()
