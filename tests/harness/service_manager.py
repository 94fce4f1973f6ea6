"""The socket of a service manager (sd_notify(3)): what a service says to it."""
import socket
import time


class ServiceManager:
    """`path` is for NOTIFY_SOCKET. The folder's name must be short."""

    def __init__(self, folder):
        self.path = str(folder / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)
        self.heard = []

    def close(self):
        self._socket.close()

    def listen(self, seconds=0.2):
        """What has been said until then."""
        deadline = time.monotonic() + seconds
        self._socket.settimeout(0.2)
        while time.monotonic() < deadline:
            try:
                self.heard.append(self._socket.recv(4096).decode())
            except TimeoutError:
                pass
        return self.heard

    def wait_for(self, word, seconds=60):
        """Until it is said; whatever was said before is forgotten."""
        self._socket.settimeout(seconds)
        while not self._socket.recv(4096).decode().startswith(word):
            pass

    def forget(self):
        """What has been said, and not been listened to."""
        self._socket.settimeout(0)
        try:
            while True:
                self._socket.recv(4096)
        except BlockingIOError:
            self.heard.clear()
