"""Executes a notebook with unmodified nbclient or papermill, its kernel behind a gateway (JUPYTER_GATEWAY_URL).

run_notebook.py nbclient|papermill IN.ipynb OUT.ipynb [name=value ...]   (papermill's parameters)
"""
import asyncio
import sys

import nbformat
from jupyter_server.gateway.gateway_client import GatewayClient
from jupyter_server.gateway.managers import GatewayKernelManager

how, source, target, *pairs = sys.argv[1:]
GatewayClient.instance().init_connection_args()

if how == "papermill":
    import papermill
    papermill.execute_notebook(source, target, parameters=dict(pair.split("=", 1) for pair in pairs),
                               kernel_manager_class=GatewayKernelManager, progress_bar=False, execution_timeout=120)
else:
    from nbclient import NotebookClient
    notebook = nbformat.read(source, as_version=4)
    client = NotebookClient(notebook, timeout=120, kernel_manager_class=GatewayKernelManager)
    try:
        asyncio.run(client.async_execute())
    finally:
        nbformat.write(notebook, target)
