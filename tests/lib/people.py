"""Users and tokens, made over Sluice's own REST as its admin."""
import uuid


def new_person(admin, name="p", **more):
    name = f"{name}-{uuid.uuid4().hex[:8]}"
    admin.must("POST", "/api/v1/users", 201, {"name": name, **more})
    someone = admin.as_person(new_token(admin, name)["token"])
    someone.name = name
    return someone


def new_token(admin, name, **more):
    return admin.must("POST", f"/api/v1/users/{name}/tokens", 201, {"label": "tests", **more})
