# JupyterLab behind a gateway that has authenticated the person already. It listens on a private socket; what comes
# through there with the app's own token is the owner. The token stays out of Lab's pages, or browsers would show it
# to the gateway instead of their cookie.
import hmac
import os

from jupyter_server.auth.identity import IdentityProvider, User

TOKEN = os.environ.pop("SLUICE_APP_TOKEN")
OWNER = os.environ["USER"]


class BehindTheGateway(IdentityProvider):
    def get_user(self, handler):
        shown = handler.request.headers.get("Authorization", "")
        if not hmac.compare_digest(shown.encode(), ("token " + TOKEN).encode()):
            return None
        handler._token_authenticated = True  # the gateway has checked for cross-site requests
        return User(OWNER)


c = get_config()  # noqa: F821
c.ServerApp.identity_provider_class = BehindTheGateway
c.IdentityProvider.token = ""
c.ServerApp.allow_remote_access = True  # the Host header is the gateway's
c.ServerApp.allow_root = True
c.ServerApp.open_browser = False
c.ServerApp.quit_button = False
c.ServerApp.root_dir = os.environ["HOME"]
c.ServerApp.terminals_enabled = True
c.ServerApp.terminado_settings = {"shell_command": ["/bin/bash"]}
c.ServerApp.shutdown_no_activity_timeout = int(os.environ.pop("SLUICE_APP_IDLE"))
# Kernels are the gateway's; none may start in here.
c.KernelSpecManager.allowed_kernelspecs = {"none"}
c.KernelSpecManager.ensure_native_kernel = False
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
