"""The two sites under test and the pages they protect.

The first is a client that was registered beforehand, and a resource server that introspects access tokens.
The second knows nothing but the issuer: mod_auth_openidc discovers the server and registers itself (RFC 7591).
"""

SECRET_PAGE = """<!doctype html><html lang="en"><title>Secret</title><h1>Secret</h1>
<p>REMOTE_USER=<!--#echo var="REMOTE_USER" -->;</p>
<p>iss=<!--#echo var="OIDC_CLAIM_iss" -->;</p>
<p>email=<!--#echo var="OIDC_CLAIM_email" -->;</p>
</html>
"""
PAGES = {
    "secret/index.shtml": SECRET_PAGE,
    "api/index.shtml": SECRET_PAGE,
    "bye/index.html": "<!doctype html><html lang='en'><title>Bye</title><h1>Bye</h1></html>",
}

SITE = """
<VirtualHost 127.0.0.1:{port}>
  DocumentRoot {home}/pages
  <Directory {home}/pages>
    Options +Includes
    AddType text/html .shtml .html
    AddOutputFilter INCLUDES .shtml
    DirectoryIndex index.shtml index.html
    Require all granted
  </Directory>
  <Location /secret>
    AuthType openid-connect
    Require valid-user
  </Location>
  OIDCRedirectURI {origin}/secret/callback
  OIDCCryptoPassphrase only-for-this-test
  OIDCScope "openid profile email"
  OIDCRemoteUserClaim sub
  OIDCPKCEMethod S256
  {more}
</VirtualHost>
"""

REGISTERED = """
  OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
  OIDCClientID {client[client_id]}
  OIDCClientSecret {client[client_secret]}
  OIDCProviderTokenEndpointAuth client_secret_basic
  OIDCInfoHook access_token id_token userinfo session
  OIDCOAuthServerMetadataURL {issuer}/.well-known/openid-configuration
  OIDCOAuthClientID {client[client_id]}
  OIDCOAuthClientSecret {client[client_secret]}
  OIDCOAuthRemoteUserClaim sub
  <Location /api>
    AuthType oauth20
    Require valid-user
  </Location>
"""

SELF_REGISTERING = """
  OIDCMetadataDir {home}/metadata
  OIDCClientName "Apache that registered itself"
  # Left alone it registers every response type there ever was, front-channel access tokens among them, and its
  # redirect_uri as initiate_login_uri, which must be https (OIDC Registration section 2) and is not on loopback.
  OIDCProviderRegistrationEndpointJson '{{"response_types": ["code"], "grant_types": ["authorization_code"], \
    "initiate_login_uri": "https://client.example/secret/callback"}}'
"""


def origin(port):
    return f"http://127.0.0.1:{port}"


def site(port, home, more):
    return SITE.format(port=port, origin=origin(port), home=home, more=more)
