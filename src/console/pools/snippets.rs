//! Code that signs users in to a pool and verifies its tokens, with the pool's own ids in it.

use serde_json::Value;

use super::Visit;
use super::head::Head;
use crate::kit::json::Members as _;

/// A piece of code.
pub struct Snippet {
    /// The id of the element that it stands in.
    pub id: &'static str,
    /// The library.
    pub title: &'static str,
    /// What to know first.
    pub note: String,
    /// The code; empty where the library is not for such a client.
    pub code: String,
}

/// What the code is about.
struct Facts {
    region: String,
    endpoint: String,
    issuer: String,
    pool: String,
    client: String,
    has_secret: bool,
    flows: Vec<String>,
    scopes: Vec<String>,
    /// Where the hosted login sends people back to, for clients that use it.
    callback: Option<String>,
}

/// The pieces for a client of a pool, as DescribeUserPoolClient has it.
pub fn of(visit: &Visit, head: &Head, client: &Value) -> Vec<Snippet> {
    let facts = Facts {
        region: head.region().to_owned(),
        endpoint: visit.public_url().to_owned(),
        issuer: visit.app().issuer(&head.id.as_str().into()),
        pool: head.id.clone(),
        client: client.text("ClientId"),
        has_secret: client.get("ClientSecret").is_some(),
        flows: client.texts("ExplicitAuthFlows"),
        scopes: client.texts("AllowedOAuthScopes"),
        callback: callback(client),
    };
    if facts.allows("ALLOW_CLIENT_TOKEN_AUTH") {
        return vec![facts.machine(), facts.machine_sdk(), facts.verify()];
    }
    let python = if facts.sends_passwords() { facts.boto3() } else { facts.pycognito() };
    vec![python, facts.amplify(), facts.sdk(), facts.openid_client(), facts.verify()]
}

/// Where a client that uses the hosted login, with codes, gets people back.
fn callback(client: &Value) -> Option<String> {
    let uses = client.at("AllowedOAuthFlowsUserPoolClient") == true && client.texts("AllowedOAuthFlows").iter().any(|flow| flow == "code");
    let default = client.get("DefaultRedirectURI").and_then(Value::as_str).map(str::to_owned);
    default.or_else(|| client.texts("CallbackURLs").into_iter().next()).filter(|_| uses)
}

const NO_SECRET: &str = "Amplify runs on users' devices, which keep no secret: this client has one. Make a client for a browser or a \
                         mobile application.";

const NO_HOSTED_LOGIN: &str = "Signs in by the hosted login. Give the client the flow code, the scope openid and a callback address \
                               first, among its OAuth settings.";

impl Facts {
    fn allows(&self, flow: &str) -> bool {
        self.flows.iter().any(|allowed| allowed == flow)
    }

    /// Whether the client's own code is told passwords.
    fn sends_passwords(&self) -> bool {
        self.allows("ALLOW_ADMIN_USER_PASSWORD_AUTH") || self.allows("ALLOW_USER_PASSWORD_AUTH")
    }

    fn boto3(&self) -> Snippet {
        let Self { region, endpoint, pool, client, .. } = self;
        let (secret_hash, hash_member) = if self.has_secret {
            let define = format!(
                "secret = os.environ[\"CLIENT_SECRET\"]  # this page's client has one\n\n\ndef secret_hash(username):\n    digest = \
                 hmac.digest(secret.encode(), (username + \"{client}\").encode(), \"sha256\")\n    return \
                 base64.b64encode(digest).decode()\n\n\n"
            );
            (define, ", \"SECRET_HASH\": secret_hash(name)")
        } else {
            (String::new(), "")
        };
        let imports = if self.has_secret { "import base64\nimport hmac\nimport os\n\nimport boto3" } else { "import boto3" };
        let connect = format!("idp = boto3.client(\"cognito-idp\", region_name=\"{region}\", endpoint_url=\"{endpoint}\")\n");
        let parameters = format!("AuthParameters={{\"USERNAME\": name, \"PASSWORD\": password{hash_member}}}");
        let (note, code) = if self.allows("ALLOW_ADMIN_USER_PASSWORD_AUTH") {
            let call = format!(
                "answer = idp.admin_initiate_auth(\n    UserPoolId=\"{pool}\", ClientId=\"{client}\", \
                 AuthFlow=\"ADMIN_USER_PASSWORD_AUTH\",\n    {parameters})\ntokens = answer[\"AuthenticationResult\"]\n"
            );
            let note = "Needs IAM credentials that allow cognito-idp:AdminInitiateAuth on the pool.";
            (note, format!("{imports}\n\n{connect}{secret_hash}name, password = \"ann@example.com\", \"…\"\n{call}"))
        } else {
            let call = format!(
                "answer = idp.initiate_auth(\n    ClientId=\"{client}\", AuthFlow=\"USER_PASSWORD_AUTH\",\n    {parameters})\ntokens = \
                 answer[\"AuthenticationResult\"]\n"
            );
            ("", format!("{imports}\n\n{connect}{secret_hash}name, password = \"ann@example.com\", \"…\"\n{call}"))
        };
        Snippet { id: "boto3", title: "boto3 (Python)", note: note.to_owned(), code }
    }

    fn pycognito(&self) -> Snippet {
        let Self { region, endpoint, pool, client, .. } = self;
        let secret = if self.has_secret { ",\n    client_secret=os.environ[\"CLIENT_SECRET\"]" } else { "" };
        let import = if self.has_secret { "import os\n\nfrom pycognito import Cognito" } else { "from pycognito import Cognito" };
        let code = format!(
            "{import}\n\nuser = Cognito(\n    \"{pool}\", \"{client}\", username=\"ann@example.com\", user_pool_region=\"{region}\"\
             {secret},\n    boto3_client_kwargs={{\"endpoint_url\": \"{endpoint}\"}})\nuser.authenticate(password=\"…\")\n\
             print(user.id_claims)\n"
        );
        let note = "The client signs in by SRP, which pycognito adds to boto3.";
        Snippet { id: "pycognito", title: "pycognito (Python)", note: note.to_owned(), code }
    }

    /// What a client without scopes is to be told first.
    fn wants_scopes(&self) -> String {
        let without = "Give the client scopes of a resource server first, among its OAuth settings: without one it gets no token.";
        if self.scopes.iter().any(|scope| scope.contains('/')) { String::new() } else { without.to_owned() }
    }

    fn machine(&self) -> Snippet {
        let Self { region, endpoint, client, .. } = self;
        let code = format!(
            "import os\n\nimport boto3\n\nidp = boto3.client(\"cognito-idp\", region_name=\"{region}\", \
             endpoint_url=\"{endpoint}\")\nanswer = idp.get_client_token(ClientId=\"{client}\", \
             Secret=os.environ[\"CLIENT_SECRET\"])\nprint(answer[\"ClientAuthenticationResult\"][\"AccessToken\"])\n"
        );
        Snippet { id: "boto3", title: "boto3 (Python)", note: self.wants_scopes(), code }
    }

    fn machine_sdk(&self) -> Snippet {
        let Self { region, endpoint, client, .. } = self;
        let code = format!(
            "import {{ CognitoIdentityProvider }} from \"@aws-sdk/client-cognito-identity-provider\";\n\nconst idp = new \
             CognitoIdentityProvider({{ region: \"{region}\", endpoint: \"{endpoint}\" }});\nconst {{ ClientAuthenticationResult }} \
             = await idp.getClientToken({{ ClientId: \"{client}\", Secret: process.env.CLIENT_SECRET }});\n"
        );
        Snippet { id: "sdk", title: "@aws-sdk v3 (JavaScript)", note: self.wants_scopes(), code }
    }

    fn amplify(&self) -> Snippet {
        let Self { endpoint, pool, client, .. } = self;
        let code = format!(
            "import {{ Amplify }} from \"aws-amplify\";\nimport {{ signIn, fetchAuthSession }} from \"aws-amplify/auth\";\n\n\
             Amplify.configure({{\n  Auth: {{ Cognito: {{\n    userPoolId: \"{pool}\",\n    userPoolClientId: \"{client}\",\n    \
             userPoolEndpoint: \"{endpoint}\",\n  }} }},\n}});\n\nawait signIn({{ username: \"ann@example.com\", password: \"…\" }});\n\
             const {{ tokens }} = await fetchAuthSession();\n"
        );
        let (note, code) = if self.has_secret { (NO_SECRET, String::new()) } else { ("", code) };
        Snippet { id: "amplify", title: "Amplify (JavaScript)", note: note.to_owned(), code }
    }

    fn sdk(&self) -> Snippet {
        let Self { region, endpoint, pool, client, .. } = self;
        let mut code = format!(
            "import {{ CognitoIdentityProvider }} from \"@aws-sdk/client-cognito-identity-provider\";\n\nconst idp = new \
             CognitoIdentityProvider({{ region: \"{region}\", endpoint: \"{endpoint}\" }});\n"
        );
        if self.has_secret {
            code = format!("import {{ createHmac }} from \"node:crypto\";\n{code}");
            code.push_str(&format!(
                "const secretHash = (username) =>\n  createHmac(\"sha256\", process.env.CLIENT_SECRET).update(username + \
                 \"{client}\").digest(\"base64\");\n"
            ));
        }
        let member = if self.has_secret { ",\n  SecretHash: secretHash(\"ann@example.com\")" } else { "" };
        code.push_str(&format!(
            "\nawait idp.signUp({{\n  ClientId: \"{client}\", Username: \"ann@example.com\", Password: \"…\"{member},\n  \
             UserAttributes: [{{ Name: \"email\", Value: \"ann@example.com\" }}],\n}});\n\n// With IAM credentials: what administrators \
             see.\nconst {{ Users }} = await idp.listUsers({{ UserPoolId: \"{pool}\" }});\n"
        ));
        Snippet { id: "sdk", title: "@aws-sdk v3 (JavaScript)", note: String::new(), code }
    }

    fn openid_client(&self) -> Snippet {
        let Self { issuer, client, .. } = self;
        let (note, code) = match &self.callback {
            None => (NO_HOSTED_LOGIN, String::new()),
            Some(callback) => {
                let proof = if self.has_secret { "process.env.CLIENT_SECRET, undefined" } else { "undefined, oidc.None()" };
                let plain = if self.is_encrypted() { "" } else { ", { execute: [oidc.allowInsecureRequests] }" };
                let scope = self.scopes.join(" ");
                let code = format!(
                    "import * as oidc from \"openid-client\";\n\nconst provider = await oidc.discovery(\n  \
                     new URL(\"{issuer}\"), \"{client}\", {proof}{plain});\nconst [verifier, state] = [oidc.randomPKCECodeVerifier(), oidc.randomState()];\n\
                     const address = oidc.buildAuthorizationUrl(provider, {{\n  redirect_uri: {callback:?}, scope: {scope:?}, state,\n  \
                     code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: \"S256\",\n}});\n\
                     console.log(\"send the browser to\", address.href);\n\n// With the address that the browser comes back to.\n\
                     async function signedIn(returned) {{\n  const checks = {{ pkceCodeVerifier: verifier, expectedState: state }};\n  \
                     const tokens = await oidc.authorizationCodeGrant(provider, new URL(returned), checks);\n  \
                     return tokens.claims();\n}}\n"
                );
                ("Signs in by the hosted login. Keep verifier and state in the browser's session until it comes back.", code)
            }
        };
        Snippet { id: "openid-client", title: "openid-client (JavaScript)", note: note.to_owned(), code }
    }

    fn is_encrypted(&self) -> bool {
        self.issuer.starts_with("https://")
    }

    fn verify(&self) -> Snippet {
        let Self { issuer, client, .. } = self;
        let keys = if self.is_encrypted() {
            String::new()
        } else {
            format!("verifier.cacheJwks(await (await fetch(\"{issuer}/.well-known/jwks.json\")).json());\n")
        };
        let code = format!(
            "import {{ JwtVerifier }} from \"aws-jwt-verify\";\n\nconst verifier = JwtVerifier.create({{\n  issuer: \"{issuer}\",\n  \
             jwksUri: \"{issuer}/.well-known/jwks.json\",\n  audience: null, // access tokens have none: they name their client\n  \
             customJwtCheck: ({{ payload }}) => {{\n    if (payload.token_use !== \"access\" || payload.client_id !== \"{client}\") {{\n      \
             throw new Error(\"not an access token of this client\");\n    }}\n  }},\n}});\n{keys}\nconst claims = await \
             verifier.verify(accessToken);\n"
        );
        let plain =
            "aws-jwt-verify fetches keys over https only, so over http the code fetches them for it, once. With TLS, leave that out.";
        let note = if self.is_encrypted() { "" } else { plain };
        Snippet { id: "verify", title: "aws-jwt-verify (JavaScript)", note: note.to_owned(), code }
    }
}
