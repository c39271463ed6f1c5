"""The web application under test: Flask with Authlib, written as Authlib's own documentation has it."""

from authlib.integrations.flask_client import OAuth
from flask import Flask, jsonify, session

ORIGIN = "http://127.0.0.1:8913"
CALLBACK = ORIGIN + "/callback"
SIGNED_OUT = ORIGIN + "/signed-out"


def web_application(issuer, client):
    """A Flask application whose `/login` signs in at `issuer` with the registered `client`."""
    app = Flask("relying-party")
    app.secret_key = "only for this test"
    remote = OAuth(app).register(
        "gatewright",
        server_metadata_url=issuer + "/.well-known/openid-configuration",
        client_id=client["client_id"],
        client_secret=client.get("client_secret"),
        token_endpoint_auth_method=client["token_endpoint_auth_method"],
        client_kwargs={
            "scope": "openid profile email offline_access",
            "code_challenge_method": "S256",
        },
    )

    @app.get("/login")
    def login():
        return remote.authorize_redirect(CALLBACK, prompt="consent")

    @app.get("/callback")
    def callback():
        tokens = remote.authorize_access_token()
        session["id_token"] = tokens["id_token"]
        return jsonify(tokens=tokens, id_token_claims=tokens["userinfo"], userinfo=remote.userinfo())

    @app.get("/logout")
    def logout():
        return remote.logout_redirect(SIGNED_OUT, id_token_hint=session["id_token"])

    @app.get("/signed-out")
    def signed_out():
        remote.validate_logout_response()
        return jsonify(signed_out=True)

    return app
