"""`%pip install` in a notebook: for oneself, at once, and for nobody else."""
import pytest

# A wheel is a zip; made by the kernel itself, in its home, so that nothing is fetched.
WHEEL = """
import zipfile
name = "own_thing-{version}"
with zipfile.ZipFile(name + "-py3-none-any.whl", "w") as wheel:
    wheel.writestr("own_thing.py", "version = '{version}'")
    wheel.writestr(name + ".dist-info/METADATA", "Metadata-Version: 2.1\\nName: own-thing\\nVersion: {version}\\n")
    wheel.writestr(name + ".dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: tests\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(name + ".dist-info/RECORD", "")
"""
INSTALL = "%pip install --no-index --quiet ./own_thing-{version}-py3-none-any.whl"
LOOK = "import own_thing; print(own_thing.version)"


def install(client, version):
    client.execute(WHEEL.format(version=version))
    client.execute(INSTALL.format(version=version))


@pytest.mark.sluice_only("stock has one user")
def test_what_somebody_installs_is_theirs_alone(person):
    me, other = person(), person()
    with me.a_kernel() as kernel_id, me.attach(kernel_id) as client:
        install(client, "1.0")
        assert client.execute(LOOK).text == "1.0\n"
        install(client, "2.0")
    with me.a_kernel() as kernel_id, me.attach(kernel_id) as client:
        assert client.execute(LOOK).text == "2.0\n"
    with other.a_kernel() as kernel_id, other.attach(kernel_id) as client:
        assert client.execute(LOOK).reply["ename"] == "ModuleNotFoundError"
