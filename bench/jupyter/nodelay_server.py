"""jupyter_server with the one line it lacks: TCP_NODELAY on kernel websockets.

Without it Nagle's algorithm and delayed acknowledgements put 40 ms under every execute (busy, reply and
idle are three small writes). This is the opponent that Sluice has to beat; stock jupyter_server would be
too easy.
"""
import sys

from jupyter_server.serverapp import main
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

opened = KernelWebsocketHandler.open


async def open_without_delay(self, kernel_id):
    self.set_nodelay(True)
    await opened(self, kernel_id)


KernelWebsocketHandler.open = open_without_delay
sys.exit(main())
